import fc from 'fast-check';
import { expect, test } from 'vitest';
import { returnPath } from '../../src/auth/return-path.ts';

test.each([
  '/admin',
  '/admin/',
  '/admin/config',
  '/admin/usage?from=a&to=%2F%2Fb',
  '/admin/loginx',
])('%s is a page to come back to', (path) => expect(returnPath(path)).toBe(path));

test.each([
  '//evil.example.com/admin',
  '/\\evil.example.com/admin',
  '\\\\evil.example.com/admin',
  '/\t/evil.example.com/admin',
  'https://evil.example.com/admin',
  'javascript:alert(1)',
  '/admin@evil.example.com',
  '/administrator',
  '/admin/../api/x',
  '/admin/%2e%2e/api/x',
  '/api/config/falai-usage',
  '/admin/login',
  '/admin/login/code',
  '/admin/logout',
  '',
  undefined,
  ['/admin/config'],
])('%s is not', (wanted) => expect(returnPath(wanted)).toBe('/admin'));

test('whatever is asked for, the browser stays on this server and below /admin', () => {
  const strange = fc.oneof(fc.string(), fc.webUrl(), fc.webPath());
  const wanted = fc.tuple(fc.constantFrom('', '/', '//', '/admin', '/admin/', '/\\'), strange);
  fc.assert(
    fc.property(wanted, ([start, rest]) => {
      const { origin, pathname } = new URL(
        `/futurelab_ai${returnPath(start + rest)}`,
        'http://panel.test',
      );
      expect(origin).toBe('http://panel.test');
      expect(pathname).toMatch(/^\/futurelab_ai\/admin(\/|$)/);
    }),
  );
});
