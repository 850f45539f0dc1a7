import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Everything that is loaded with a file at once: what `await import()` names is not. */
function loadedWith(url: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(url.href)) return seen;
  seen.add(url.href);
  const source = readFileSync(url, 'utf8');
  const imports = /^(?:import|export)\s(?!type\b)(?:[^;'"]*?\sfrom\s)?['"]([^'"]+)['"]/gm;
  for (const [, name = ''] of source.matchAll(imports)) {
    if (name.startsWith('.')) loadedWith(new URL(name, url), seen);
    else seen.add(name);
  }
  return seen;
}

test('the SDK is not in memory before somebody asks a tool', () => {
  const loaded = [...loadedWith(new URL('../../src/main.ts', import.meta.url))];
  expect(loaded.some((name) => name.endsWith('/src/mcp/mcp-api.ts'))).toBe(true);
  expect(loaded.filter((name) => name.includes('modelcontextprotocol'))).toEqual([]);
  const used = [...loadedWith(new URL('../../src/mcp/mcp-server.ts', import.meta.url))];
  expect(used.some((name) => name.includes('modelcontextprotocol'))).toBe(true);
});
