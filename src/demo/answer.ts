/** What goes over the wire, before compression. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export type ErrorType =
  | 'authorization_error'
  | 'validation_error'
  | 'not_found'
  | 'rate_limited'
  | 'server_error'
  | 'not_implemented';

const USUAL: Record<number, { type: ErrorType; message: string }> = {
  400: { type: 'validation_error', message: 'Invalid request parameters' },
  401: { type: 'authorization_error', message: 'Authentication required' },
  403: { type: 'authorization_error', message: 'Access denied' },
  404: { type: 'not_found', message: 'Resource not found' },
  429: { type: 'rate_limited', message: 'Rate limit exceeded' },
  501: { type: 'not_implemented', message: 'Not implemented' },
};

/** A request that is refused; becomes an error answer in fal's shape. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message?: string) {
    super(message ?? usual(status).message);
    this.status = status;
  }
}

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** `{"error": {"type", "message", "request_id"}}`, with fal's usual type and words for the status. */
export function errorAnswer(
  status: number,
  message = usual(status).message,
  type = usual(status).type,
  requestId = 'simulated',
): Answer {
  return jsonAnswer(status, { error: { type, message, request_id: requestId } });
}

function usual(status: number): { type: ErrorType; message: string } {
  return USUAL[status] ?? { type: 'server_error', message: 'An unexpected error occurred' };
}
