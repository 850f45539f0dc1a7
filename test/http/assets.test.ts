import express from 'express';
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { loadAssets } from '../../src/http/assets.ts';

const assets = loadAssets();
const app = express();
app.use('/base', assets.serve);
const http = request(app);

describe('assets', () => {
  test.each([
    ['app.css', /^text\/css/],
    ['pico.classless.min.css', /^text\/css/],
    ['htmx.min.js', /^text\/javascript/],
    ['icon.svg', /^image\/svg\+xml/],
  ])('%s is served under a hash of its content, for good', async (name, type) => {
    const path = assets.path(name);
    expect(path).toMatch(/^\/assets\/[\w.-]+\.[\da-f]{10}\.\w+$/);
    const response = await http.get(`/base${path}`);
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toMatch(type);
    expect(response.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test('stylesheets have no data: images, which the content security policy refuses', async () => {
    for (const name of ['pico.classless.min.css', 'app.css']) {
      const { text } = await http.get(`/base${assets.path(name)}`);
      expect(text.length).toBeGreaterThan(1_000);
      expect(text).not.toContain('data:');
    }
  });

  test('an address with another hash, a plain name or a way out of the folder is not found', async () => {
    const wrong = ['app.0000000000.css', 'app.css', '..%2Fpackage.json', '%E0%A4%A'];
    for (const file of wrong) {
      expect([file, (await http.get(`/base/assets/${file}`)).status]).toEqual([file, 404]);
    }
  });

  test('an unknown name is a mistake of a view, and says so', () => {
    expect(() => assets.path('nothing.css')).toThrow('no such asset: nothing.css');
  });
});
