/** How each protocol spells the errors that all services have, and those of the codec itself. */
import { ServiceFault } from '../service.ts';
import type { ProtocolId, WireModel } from './model.ts';
import type { Structure } from './shapes.ts';

export interface FaultText {
  /** Name of the error's shape, as JSON and CBOR give it. */
  readonly name: string;
  /** As XML gives it. */
  readonly code: string;
  readonly status: number;
  readonly shape: Structure | undefined;
  /** `message` or `Message`, as the shape has it. */
  readonly messageName: string;
  readonly members: Readonly<Record<string, unknown>>;
}

type Family = 'json' | 'restJson' | 'query' | 'ec2' | 's3' | 'xml';

const familyOf = (model: WireModel, protocol: ProtocolId): Family => {
  if (protocol === 'ec2Query') return 'ec2';
  if (protocol === 'awsQuery') return 'query';
  if (protocol === 'restXml') return model.client === 's3' ? 's3' : 'xml';
  return protocol === 'restJson1' ? 'restJson' : 'json';
};

interface Spelling {
  readonly code: string;
  readonly status: number;
}

const at = (code: string, status: number): Spelling => ({ code, status });

/**
 * What any operation may answer. Sources: "Common Errors" of the API references, EC2's "Error codes for the Amazon EC2 API",
 * S3's "Error responses".
 */
const COMMON: Readonly<Record<string, Readonly<Record<Family, Spelling>>>> = {
  AccessDeniedException: {
    json: at('AccessDeniedException', 400),
    restJson: at('AccessDeniedException', 403),
    query: at('AccessDenied', 403),
    ec2: at('UnauthorizedOperation', 403),
    s3: at('AccessDenied', 403),
    xml: at('AccessDenied', 403),
  },
  ThrottlingException: {
    json: at('ThrottlingException', 400),
    restJson: at('ThrottlingException', 429),
    query: at('Throttling', 400),
    ec2: at('RequestLimitExceeded', 503),
    s3: at('SlowDown', 503),
    xml: at('Throttling', 400),
  },
  ServiceUnavailable: {
    json: at('ServiceUnavailable', 503),
    restJson: at('ServiceUnavailable', 503),
    query: at('ServiceUnavailable', 503),
    ec2: at('Unavailable', 503),
    s3: at('ServiceUnavailable', 503),
    xml: at('ServiceUnavailable', 503),
  },
  InternalFailure: {
    json: at('InternalFailure', 500),
    restJson: at('InternalFailure', 500),
    query: at('InternalFailure', 500),
    ec2: at('InternalError', 500),
    s3: at('InternalError', 500),
    xml: at('InternalFailure', 500),
  },
  UnknownOperationException: {
    json: at('UnknownOperationException', 404),
    restJson: at('UnknownOperationException', 404),
    query: at('InvalidAction', 400),
    ec2: at('InvalidAction', 400),
    s3: at('NotImplemented', 501),
    xml: at('InvalidAction', 400),
  },
  InvalidClientTokenId: {
    json: at('UnrecognizedClientException', 400),
    restJson: at('UnrecognizedClientException', 403),
    query: at('InvalidClientTokenId', 403),
    ec2: at('AuthFailure', 401),
    s3: at('InvalidAccessKeyId', 403),
    xml: at('InvalidClientTokenId', 403),
  },
  ExpiredToken: {
    json: at('ExpiredTokenException', 400),
    restJson: at('ExpiredTokenException', 403),
    query: at('ExpiredToken', 403),
    ec2: at('RequestExpired', 400),
    s3: at('ExpiredToken', 400),
    xml: at('ExpiredToken', 403),
  },
  SignatureDoesNotMatch: {
    json: at('InvalidSignatureException', 400),
    restJson: at('InvalidSignatureException', 403),
    query: at('SignatureDoesNotMatch', 403),
    ec2: at('AuthFailure', 401),
    s3: at('SignatureDoesNotMatch', 403),
    xml: at('SignatureDoesNotMatch', 403),
  },
  RequestTimeTooSkewed: {
    json: at('InvalidSignatureException', 400),
    restJson: at('InvalidSignatureException', 403),
    query: at('SignatureDoesNotMatch', 403),
    ec2: at('RequestExpired', 400),
    s3: at('RequestTimeTooSkewed', 403),
    xml: at('SignatureDoesNotMatch', 403),
  },
  MissingAuthenticationToken: {
    json: at('MissingAuthenticationTokenException', 400),
    restJson: at('MissingAuthenticationTokenException', 403),
    query: at('MissingAuthenticationToken', 403),
    ec2: at('MissingAuthenticationToken', 403),
    s3: at('AccessDenied', 403),
    xml: at('MissingAuthenticationToken', 403),
  },
  IncompleteSignature: {
    json: at('IncompleteSignatureException', 400),
    restJson: at('IncompleteSignatureException', 403),
    query: at('IncompleteSignature', 400),
    ec2: at('IncompleteSignature', 400),
    s3: at('AuthorizationHeaderMalformed', 400),
    xml: at('IncompleteSignature', 400),
  },
  Malformed: {
    json: at('SerializationException', 400),
    restJson: at('SerializationException', 400),
    query: at('MalformedInput', 400),
    ec2: at('InvalidParameterValue', 400),
    s3: at('MalformedXML', 400),
    xml: at('MalformedInput', 400),
  },
};

/** Services that answer a missing member with a code of their own; the others follow `MISSING`. */
const OWN_MISSING: Readonly<Record<string, string>> = {
  'auto-scaling': 'ValidationError',
  backup: 'MissingParameterValueException',
  cloudfront: 'MissingBody',
  efs: 'BadRequest',
  eks: 'InvalidParameterException',
  'elastic-load-balancing': 'ValidationError',
  'elastic-load-balancing-v2': 'ValidationError',
  iam: 'ValidationError',
  organizations: 'InvalidInputException',
  'api-gateway': 'BadRequestException',
  apigatewayv2: 'BadRequestException',
  'route-53': 'InvalidInput',
  sns: 'ValidationError',
  sts: 'ValidationError',
};

const MISSING: Readonly<Record<Family, string>> = {
  json: 'ValidationException',
  restJson: 'ValidationException',
  query: 'MissingParameter',
  ec2: 'MissingParameter',
  s3: 'InvalidRequest',
  xml: 'InvalidArgument',
};

/** The answer to an input that lacks `path`. */
export function missingFault(model: WireModel, protocol: ProtocolId, path: readonly string[]): ServiceFault {
  const family = familyOf(model, protocol);
  const code = OWN_MISSING[model.client] ?? MISSING[family];
  const message =
    code === 'MissingParameter'
      ? `The request must contain the parameter ${path.join('.')}.`
      : `1 validation error detected: Value null at '${path.join('.')}' failed to satisfy constraint: Member must not be null`;
  return new ServiceFault(code, message);
}

/** The error as the protocol has it: name, code and status of its shape where the service models it. */
export function spell(model: WireModel, protocol: ProtocolId, fault: ServiceFault): FaultText {
  const family = familyOf(model, protocol);
  const common = COMMON[fault.code]?.[family];
  const modelled = model.errors.get(common?.code ?? fault.code);
  const json = family === 'json' || family === 'restJson';
  return {
    name: modelled?.name ?? common?.code ?? fault.code,
    code: modelled?.code ?? common?.code ?? fault.code,
    status: (json || common === undefined ? modelled?.status : undefined) ?? common?.status ?? fault.status,
    shape: modelled?.shape,
    messageName: modelled?.shape.members.find((member) => /^message$/i.test(member.name))?.name ?? 'message',
    members: fault.members,
  };
}
