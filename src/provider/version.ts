/** The version of the AWS provider that this one stands in for; the engine takes it for programs on any version of @pulumi/aws. */
export const VERSION = '7.48.0';
