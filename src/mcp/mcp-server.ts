import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type { Request, Response } from 'express';
import { fieldErrors, isOver, logFailure } from '../http/errors.ts';
import { problemMessage } from '../http/problem.ts';
import { type ApiDocument, apiDocument } from '../openapi/document.ts';
import type { Services } from '../services.ts';
import { type Tool, toolsOf } from './tools.ts';

const INSTRUCTIONS =
  'What fal.ai credits paid for, what is left, and whether it lasts through the next event. All tools only read. Amounts are US dollars where nothing else is said; times have the offset of the zone beside them; null is not known, never 0. Say the period, the time zone and how fresh a figure is when you tell it.';

/** Answers one message of the protocol; nothing is kept from one to the next. */
export type AnswerMcp = (req: Request, res: Response) => Promise<void>;

/** The tools of a panel, ready to be asked. */
export function createMcp(services: Services): AnswerMcp {
  const document = apiDocument(services.config);
  const tools = toolsOf(document);
  return async function answerMcp(req, res) {
    const server = serverOf(services, document, tools, req, res);
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    res.once('close', () => void server.close());
    // Its types are written without `exactOptionalPropertyTypes`.
    await server.connect(transport as Transport);
    await transport.handleRequest(req, res, req.body);
  };
}

function serverOf(
  services: Services,
  { info: { title, version } }: ApiDocument,
  tools: readonly Tool[],
  req: Request,
  res: Response,
): Server {
  const server = new Server(
    { name: title, version },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.map(({ name, title, description, input, output }) => ({
      ...{ name, title, description, inputSchema: input, outputSchema: output },
      annotations: { readOnlyHint: true, idempotentHint: true },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }): Promise<CallToolResult> => {
    const tool = tools.find(({ name }) => name === params.name);
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `no tool ${params.name}`);
    return answerCall(tool, { services, args: params.arguments ?? {}, req, res });
  });
  return server;
}

async function answerCall(tool: Tool, call: Parameters<Tool['call']>[0]): Promise<CallToolResult> {
  try {
    const { text, content } = await tool.call(call);
    return { content: [{ type: 'text', text }], structuredContent: content };
  } catch (error) {
    // Nobody is left to be told.
    if (isOver(call.res)) throw error;
    return failedCall(error, call.req, call.res);
  }
}

/**
 * The same code, words and fields as the API's own failure, in text alone: a client refuses structured
 * content that is not as its tool's schema says, of failures as well.
 */
function failedCall(error: unknown, req: Request, res: Response): CallToolResult {
  const failure = logFailure(error, req);
  const { t } = res.locals;
  const { code, retryAfterSeconds } = failure;
  const lines = [
    `${code}: ${problemMessage(failure, t)}`,
    ...fieldErrors(failure, t).map(({ field, message }) => `${field}: ${message}`),
    ...(retryAfterSeconds === null ? [] : [`retry_after: ${retryAfterSeconds}`]),
    `request_id: ${req.id}`,
  ];
  return { isError: true, content: [{ type: 'text', text: lines.join('\n') }] };
}
