import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { viewEngine } from '../../src/http/view-engine.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'views-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function render(file: string, names: object): string {
  const shown: string[] = [];
  viewEngine()(file, names, (error, html) => {
    if (error) throw error;
    shown.push(html ?? '');
  });
  return shown.join('');
}

test('an included view is found beside the one that includes it, and names what that one does', () => {
  write('rows/_row.ejs', '<%= title %>-<%= row %><%- include("_end") %>');
  write('rows/_end.ejs', '-<%= row %>!');
  const page = write('pages/page.ejs', '<%- include("../rows/_row", { row: 1 }) %>');
  expect(render(page, { title: '<a>' })).toBe('&lt;a&gt;-1-1!');
});

test('what a view is given is its own: neither its parent nor its neighbour sees it', () => {
  write('_cell.ejs', '[<%= locals.row ?? "none" %>]');
  const page = write(
    'page.ejs',
    '<%- include("_cell", { row: 1 }) %><%- include("_cell") %><%= locals.row ?? "none" %>',
  );
  expect(render(page, {})).toBe('[1][none]none');
});

test('no view names what every object has', () => {
  const page = write('page.ejs', '<%= typeof toString %> <%= typeof locals.constructor %>');
  // The global function, not an object's own.
  expect(render(page, {})).toBe('function undefined');
});

test('what fails in a view says where', () => {
  write('_broken.ejs', '<p>\n<%= missing %>');
  const page = write('page.ejs', '<%- include("_broken") %>');
  expect(() => render(page, {})).toThrow(/_broken\.ejs:2[\s\S]*missing is not defined/);
});
