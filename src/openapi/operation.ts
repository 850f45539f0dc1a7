import type { z } from 'zod';
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiRequestBodyObject,
  ZodOpenApiResponseObject,
} from 'zod-openapi';
import { FAILURE_STATUS } from '../http/failure.ts';
import { type ApiFailureCode, FAILURES, failureAnswer } from './fields.ts';

/** A route as it is told; `operation` makes an operation of the document from it. */
export interface Told {
  id: string;
  tag: string;
  summary: string;
  description?: string;
  /** Who may ask. `key`: whoever brings a fal key, else who has the role. */
  access: 'public' | 'viewer' | 'operator' | 'admin' | 'key_or_viewer' | 'key_or_operator';
  path?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Bodies with lists of objects can't be written as a form. */
  onlyJson?: boolean;
  example?: unknown;
  answer: ZodOpenApiResponseObject;
  status?: 200 | 201;
  /** Other answers that are no failures in the shape of all failures. */
  otherAnswers?: Record<string, ZodOpenApiResponseObject>;
  /** Beside those that follow from who may ask and what is sent. */
  failures?: readonly ApiFailureCode[];
  /** Counted by `RATE_LIMIT_PER_MINUTE`. */
  isLimited?: boolean;
}

/** What can go wrong wherever fal is asked with a key. */
export const FAL_FAILURES = [
  'invalid_api_key',
  'admin_scope_required',
  'account_locked',
  'rate_limited',
  'fal_bad_response',
  'fal_unavailable',
  'fal_timeout',
] as const satisfies ApiFailureCode[];

/** What can go wrong with a stored account and its key. */
export const STORED_KEY_FAILURES = [
  'not_found',
  'key_unreadable',
] as const satisfies ApiFailureCode[];

/** An operation of the document, with every code it may fail with. */
export function operation(told: Told): ZodOpenApiOperationObject {
  const { answer, status = 200, body } = told;
  return {
    operationId: told.id,
    tags: [told.tag],
    summary: told.summary,
    ...(told.description && { description: told.description }),
    security: securityOf(told.access),
    ...(told.access !== 'public' && { 'x-role': told.access.replace('key_or_', '') }),
    requestParams: {
      ...(told.path && { path: told.path }),
      ...(told.query && { query: told.query }),
    },
    ...(body && { requestBody: requestBody(body, told) }),
    responses: { [status]: answer, ...told.otherAnswers, ...failuresOf(told) },
  };
}

function requestBody(body: z.ZodType, told: Told): ZodOpenApiRequestBodyObject {
  const { id, example, onlyJson } = told;
  const schema = body.meta({ id: `${id[0]?.toUpperCase()}${id.slice(1)}Request` });
  const media = { schema, ...(example !== undefined && { example }) };
  return {
    required: true,
    content: {
      'application/json': media,
      ...(!onlyJson && { 'application/x-www-form-urlencoded': media }),
    },
  };
}

/** A JSON answer. */
export function json(schema: z.ZodType, description: string): ZodOpenApiResponseObject {
  return { description, content: { 'application/json': { schema } } };
}

/** A file of that type. */
export function file(type: string, description: string): ZodOpenApiResponseObject {
  const schema = type.startsWith('text/') ? { schema: { type: 'string' as const } } : {};
  return { description, content: { [type]: schema } };
}

function securityOf(access: Told['access']) {
  const signedIn = [{ token: [] }, { session: [] }];
  if (access === 'public') return [];
  return access.startsWith('key_or_') ? [{}, ...signedIn] : signedIn;
}

function failuresOf(told: Told): Record<string, ZodOpenApiResponseObject> {
  const all = new Set<ApiFailureCode>(told.failures);
  const { access } = told;
  if (access !== 'public') {
    for (const code of ['not_signed_in', 'invalid_request', 'internal_error'] as const) {
      all.add(code);
    }
    all.add('store_unavailable');
  }
  if (access === 'admin' || access.endsWith('operator')) all.add('forbidden');
  if (told.body) all.add('payload_too_large').add('unsupported_media_type');
  if (told.isLimited) all.add('rate_limited');
  const order = Object.keys(FAILURES) as ApiFailureCode[];
  const byStatus = Map.groupBy(
    order.filter((code) => all.has(code)),
    (code) => FAILURE_STATUS[code],
  );
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [String(status), failure(status, codes)]),
  );
}

function failure(status: number, codes: readonly ApiFailureCode[]): ZodOpenApiResponseObject {
  return {
    description: codes.map((code) => `\`${code}\`: ${FAILURES[code]}.`).join('\n\n'),
    ...(status === 429 && {
      headers: {
        'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' as const } },
      },
    }),
    content: { 'application/json': { schema: failureAnswer } },
    'x-codes': codes,
  };
}
