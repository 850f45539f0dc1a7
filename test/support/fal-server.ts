import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createFalClient, type FalClient } from '../../src/fal/client.ts';
import { createTransport, type OpenQuestion, openQuestion } from '../../src/fal/transport.ts';

export const KEY = 'a1b2c3d4-test:0123456789abcdef0123456789abcdef';

/** Answers one request to a pretended fal; `search` are its query parameters. */
export type Answer = (
  res: ServerResponse,
  asked: { path: string; search: URLSearchParams; req: IncomingMessage },
) => void;

export interface FalServer {
  url: string;
  fal: FalClient;
  /** Every path with its query, in the order asked. */
  asked: string[];
  question(timeoutMs?: number, caller?: AbortSignal): OpenQuestion;
}

/** A server that answers as the test says, and a client of it; both end with the test. */
export async function falServer(answer: Answer): Promise<FalServer> {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://fal');
    asked.push(`${pathname}?${searchParams}`);
    answer(res, { path: pathname, search: searchParams, req });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fal = createFalClient(createTransport({ baseUrl: `${url}/v1`, backoffMs: 1 }));
  onTestFinished(async () => {
    await fal.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url,
    fal,
    asked,
    question: (timeoutMs = 10_000, caller) => openQuestion(KEY, timeoutMs, caller),
  };
}

/** Sends JSON. */
export function json(res: ServerResponse, body: unknown, status = 200, headers = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify(body));
}

/** Answers each request with the next of `answers`, and the last one from then on. */
export function inTurn(...answers: Answer[]): Answer {
  let turn = 0;
  return (res, asked) => {
    const answer = answers[Math.min(turn, answers.length - 1)];
    turn += 1;
    answer?.(res, asked);
  };
}
