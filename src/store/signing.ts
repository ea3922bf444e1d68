/** The Ed25519 key that packs are signed with. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../model/errors.ts';
import { sha256 } from './canonical.ts';

export interface Signer {
  /** DER (SubjectPublicKeyInfo) in base64. */
  readonly publicKey: string;
  /** See `fingerprintOf`. */
  readonly fingerprint: string;
  /** 128 hexadecimal digits. */
  sign(data: Uint8Array): string;
}

/**
 * The key of a PEM file (PKCS #8); made with mode 0600 when there is no such file. Throws `UsageError` (`key-unusable`) for a file
 * that is no Ed25519 key or cannot be written.
 */
export function signerOf(file: string): Signer {
  const key = readKey(file) ?? makeKey(file);
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return {
    publicKey: der.toString('base64'),
    fingerprint: fingerprintOf(der),
    sign: (data) => sign(null, data, key).toString('hex'),
  };
}

/** SHA-256 of the public key in DER: what people compare to know whose key it is. */
export function fingerprintOf(publicKey: Uint8Array): string {
  return sha256(publicKey);
}

/** False for a signature by another key or over other data, and for what is no Ed25519 key (DER). */
export function isSignedBy(publicKey: Buffer, data: Uint8Array, signature: Buffer): boolean {
  try {
    const key = createPublicKey({ key: publicKey, type: 'spki', format: 'der' });
    return key.asymmetricKeyType === 'ed25519' && verify(null, data, key, signature);
  } catch {
    return false;
  }
}

function readKey(file: string): KeyObject | undefined {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unusable(file, 'a file that cannot be read', error);
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    throw unusable(file, 'none');
  }
  throw unusable(file, 'a key of another kind');
}

function makeKey(file: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519');
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
    // Linked: of two processes that make a key at once, one wins and both use the same.
    linkSync(draft, file);
    return privateKey;
  } catch (error) {
    const other = readKey(file);
    if (other !== undefined) return other;
    throw unusable(file, 'no file, and none that can be made', error);
  } finally {
    rmSync(draft, { force: true });
  }
}

function unusable(file: string, found: string, error?: unknown): UsageError {
  const why = error instanceof Error ? ` (${error.message})` : '';
  return new UsageError(
    'key-unusable',
    `${file}: expected an Ed25519 private key in PEM (PKCS #8), found ${found}${why}. Give another with --key, or remove the file to have one made.`,
  );
}
