import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { onTestFinished } from 'vitest';
import { createToken } from '../../src/auth/tokens.ts';
import type { Role } from '../../src/auth/viewer.ts';
import { listening } from '../support/listening.ts';
import { NOW, type Panel } from '../support/panel.ts';

/** What a tool answered. */
export interface Answered {
  isError: boolean;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked into as tests like.
  content: any;
}

export async function apiToken({ services }: Panel, role: Role = 'viewer'): Promise<string> {
  const token = { name: `a ${role}`, role, createdBy: 'a test', expiresAt: null };
  return (await createToken(services.store.db, NOW, token)) ?? '';
}

/** The SDK's own client, connected to a panel that listens. @param token `null`: none. */
export async function connectMcp(
  panel: Panel,
  {
    token,
    path = '/mcp',
    headers = {},
  }: { token?: string | null; path?: string; headers?: Record<string, string> } = {},
) {
  const port = await listening(panel.app);
  const given = token === undefined ? await apiToken(panel) : token;
  const transport = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}${path}`), {
    requestInit: {
      headers: { ...headers, ...(given !== null && { Authorization: `Bearer ${given}` }) },
    },
  });
  const client = new Client({ name: 'a test', version: '1' });
  await client.connect(transport as Transport);
  onTestFinished(() => client.close());
  // As assistants do: from here on the client checks every answer by its tool's schema.
  await client.listTools();
  return {
    client,
    async call(name: string, args: Record<string, unknown> = {}): Promise<Answered> {
      const answer = await client.callTool({ name, arguments: args });
      const [part] = answer.content as { type: string; text: string }[];
      return {
        isError: answer.isError === true,
        text: part?.text ?? '',
        content: answer.structuredContent,
      };
    },
  };
}
