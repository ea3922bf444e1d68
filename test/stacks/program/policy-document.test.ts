import { describe, expect, it } from 'vitest';
import { policyDocument } from '../../../src/stacks/program/policy-document.ts';

describe('policyDocument', () => {
  it('renders statements as IAM reads them', () => {
    const json = policyDocument({
      statements: [
        {
          sid: 'Assume',
          actions: ['sts:AssumeRole'],
          principals: [{ type: 'Service', identifiers: ['backup.amazonaws.com'] }],
          conditions: [{ test: 'StringEquals', variable: 'aws:SourceAccount', values: ['123456789012'] }],
        },
        {
          effect: 'Deny',
          actions: ['s3:GetObject', 's3:PutObject'],
          resources: ['*'],
          principals: [{ type: '*', identifiers: ['*'] }],
        },
      ],
    });
    expect(JSON.parse(json)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Assume',
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'backup.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
        },
        { Effect: 'Deny', Action: ['s3:GetObject', 's3:PutObject'], Resource: '*', Principal: '*' },
      ],
    });
  });

  it('lets an override replace the statement of the same sid', () => {
    const statement = (effect: string) =>
      JSON.stringify({ Statement: [{ Sid: 'A', Effect: effect, Action: '*', Resource: '*' }] });
    const json = policyDocument({ sourcePolicyDocuments: [statement('Allow')], overridePolicyDocuments: [statement('Deny')] });
    expect(JSON.parse(json)).toMatchObject({ Statement: [{ Sid: 'A', Effect: 'Deny' }] });
  });
});
