/**
 * Secrets that nobody marked as secret, found by the name of their property or by their look. What is redacted here
 * never becomes a fact, a message or a page. A false alarm costs one unknown property; a miss would print a password.
 */

/** What stands in for a secret inside a longer text; alone it is also what `pulumi preview --json` writes for a secret. */
export const REDACTED = '[secret]';

/** Ends of property, variable and parameter names (lower case, letters and digits only) that hold credentials. */
const SECRET_NAME = new RegExp(
  `(?:${[
    '(?:password|passwd|passphrase|pwd)s?(?:wo|data|v\\d)?',
    '(?:db|user|admin|root|master)pass',
    '(?:secret|secrets)(?:string|binary|value)?(?:wo)?',
    'secret(?:access)?key',
    'privatekey(?:pem|openssh|pkcs8|pempkcs8|der|base64)?',
    'tokens?(?:wo)?',
    'api(?:access)?keys?',
    'accesskey',
    '(?:license|storage|account|signing|shared|preshared|auth)key',
    'credentials?',
    'keydata',
    'connectionstring',
    'kubeconfig(?:json|raw)?',
    'customergatewayconfiguration',
    'userdata(?:base64)?',
  ].join('|')})$`,
);

/** Names with such an ending that hold no credential: idempotency and paging tokens, and ids of event sources. */
const HARMLESS = /^(?:creation|client|clientrequest|idempotency|eventsource|next|continuation|caller)token$/;

export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return (SECRET_NAME.test(plain) && !HARMLESS.test(plain)) || /[_-]pass$/i.test(name);
}

/** Does a value under a secret's name hold the secret itself? ARNs only point to one. */
export function holdsSecret(text: string): boolean {
  return text !== '' && !/^arn:[a-z-]+:[^\s]*$/.test(text);
}

const SUSPICIOUS = /:\/\/|PRIVATE KEY|AKIA|ASIA|passw|pwd|secret|token|gh[pousr]_|xox[bpars]-|sk_live_/i;

/** Cheap first look: false means that `redactText` would change nothing. */
export function isSuspicious(text: string): boolean {
  return SUSPICIOUS.test(text);
}

/**
 * Cuts credentials out of a text and leaves the rest, so that `postgres://user:pw@host/db` still names its host.
 * Every pattern is bounded, so the time is linear in the text.
 */
export function redactText(text: string): string {
  return text
    .replace(/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,100000}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g, REDACTED)
    .replace(/([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/@:]{0,256}):[^\s/@]{1,512}@/gi, `$1:${REDACTED}@`)
    .replace(
      /\b(password|passwd|pwd|secret|token|secretkey|accountkey)(\s{0,3}=\s{0,3})(?!\s)[^;&,\s"'\\]{1,512}/gi,
      `$1$2${REDACTED}`,
    )
    .replace(
      /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,255}|\bxox[bpars]-[A-Za-z0-9-]{10,255}|\bsk_live_[A-Za-z0-9]{16,255}/g,
      REDACTED,
    );
}
