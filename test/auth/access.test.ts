import type supertest from 'supertest';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createToken } from '../../src/auth/tokens.ts';
import { includesRole, isRole, ROLES, type Role } from '../../src/auth/viewer.ts';
import { type Panel, startPanel } from '../support/panel.ts';
import { listRoutes } from '../support/routes.ts';
import { signIn } from '../support/sign-in.ts';

/**
 * Who may do what. `public`: everybody. A role: who is signed in with at least that one. `api`:
 * the same, and programs with a token of at least that role. With a fal key of
 * their own, the two that are posted to are open to everybody.
 */
const ACCESS: Record<string, 'public' | Role | `api ${Role}`> = {
  'GET /': 'public',
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'api viewer',
  'GET /mcp': 'api viewer',
  'POST /mcp': 'api viewer',
  'DELETE /mcp': 'api viewer',
  'GET /embed/:token/badge.svg': 'public',
  'GET /embed/:token/status.json': 'public',
  'GET /embed/:token/widget': 'public',
  'GET /api/docs': 'public',
  'GET /api/openapi.json': 'public',
  'POST /api/config/falai-usage': 'api viewer',
  'POST /api/config/falai-test': 'api operator',
  'GET /api/v1/usage': 'api viewer',
  'GET /api/v1/usage.csv': 'api viewer',
  'GET /api/v1/usage.xlsx': 'api viewer',
  'GET /api/v1/focus.csv': 'api viewer',
  'GET /api/v1/billing-events': 'api viewer',
  'GET /api/v1/sync': 'api viewer',
  'GET /api/v1/balance': 'api viewer',
  'GET /api/v1/credits': 'api viewer',
  'POST /api/v1/credits': 'api operator',
  'GET /api/v1/pricing': 'api viewer',
  'POST /api/v1/estimate': 'api viewer',
  'POST /api/v1/planned-events/check': 'api viewer',
  'GET /api/v1/planned-events': 'api viewer',
  'GET /api/v1/planned-events.ics': 'api viewer',
  'POST /api/v1/planned-events': 'api operator',
  'GET /api/v1/planned-events/:id': 'api viewer',
  'PUT /api/v1/planned-events/:id': 'api operator',
  'DELETE /api/v1/planned-events/:id': 'api operator',
  'GET /api/v1/alert-rules': 'api viewer',
  'POST /api/v1/alert-rules': 'api admin',
  'POST /api/v1/alert-rules/preview': 'api viewer',
  'GET /api/v1/alert-rules/:id': 'api viewer',
  'PUT /api/v1/alert-rules/:id': 'api admin',
  'DELETE /api/v1/alert-rules/:id': 'api admin',
  'GET /api/v1/alert-rules/:id/preview': 'api viewer',
  'GET /api/v1/alerts': 'api viewer',
  'GET /api/v1/alerts/:id': 'api viewer',
  'POST /api/v1/alerts/:id/acknowledgement': 'api operator',
  'POST /api/v1/alerts/:id/resolution': 'api operator',
  'GET /api/v1/reports': 'api viewer',
  'GET /api/v1/reports/:id': 'api viewer',
  'GET /api/v1/reports/daily': 'api viewer',
  'GET /api/v1/reports/monthly': 'api viewer',
  'GET /api/v1/reports/weekly': 'api viewer',
  'GET /admin': 'viewer',
  'GET /admin/config': 'viewer',
  'POST /admin/config/usage': 'viewer',
  'POST /admin/config/test': 'viewer',
  'GET /admin/config/usage': 'viewer',
  'GET /admin/config/test': 'viewer',
  'GET /admin/usage': 'viewer',
  'GET /admin/usage.csv': 'viewer',
  'GET /admin/usage.xlsx': 'viewer',
  'GET /admin/focus.csv': 'viewer',
  'GET /admin/history': 'viewer',
  'GET /admin/history/:account': 'viewer',
  'GET /admin/history/:account/restart': 'operator',
  'POST /admin/history/:account/pause': 'operator',
  'POST /admin/history/:account/reading': 'operator',
  'POST /admin/history/:account/restart': 'operator',
  'POST /admin/history/:account/resumption': 'operator',
  'GET /admin/usage/request': 'viewer',
  'GET /admin/credits': 'viewer',
  'GET /admin/credits/:slug': 'viewer',
  'GET /admin/credits/:account/ledger': 'viewer',
  'GET /admin/credits/:account/ledger/:entry/correction': 'operator',
  'GET /admin/credits/:account/ledger/:entry/void': 'operator',
  'GET /admin/credits/:account/ledger/import': 'operator',
  'GET /admin/credits/:account/ledger/new': 'operator',
  'POST /admin/credits/:account/ledger': 'operator',
  'POST /admin/credits/:account/ledger/:entry/correction': 'operator',
  'POST /admin/credits/:account/ledger/:entry/void': 'operator',
  'POST /admin/credits/:account/ledger/dismissals': 'operator',
  'POST /admin/credits/:account/ledger/import': 'operator',
  'GET /admin/events': 'viewer',
  'POST /admin/events': 'operator',
  'GET /admin/events/:id': 'viewer',
  'GET /admin/events/:id/delete': 'operator',
  'POST /admin/events/:id/delete': 'operator',
  'GET /admin/events/:id/edit': 'operator',
  'POST /admin/events/:id/edit': 'operator',
  'GET /admin/events/calendar.ics': 'viewer',
  'GET /admin/events/new': 'operator',
  'GET /admin/events/:id/closing': 'viewer',
  'GET /admin/events/:id/closing.csv': 'viewer',
  'GET /admin/events/:id/closing/sheet': 'viewer',
  'GET /admin/events/:id/live': 'viewer',
  'GET /admin/alerts': 'viewer',
  'GET /admin/alerts/:id': 'viewer',
  'POST /admin/alerts/:id/acknowledgement': 'operator',
  'POST /admin/alerts/:id/resolution': 'operator',
  'GET /admin/alerts/rules': 'viewer',
  'POST /admin/alerts/rules': 'admin',
  'GET /admin/alerts/rules/new': 'admin',
  'POST /admin/alerts/rules/preview': 'admin',
  'GET /admin/alerts/rules/:id/delete': 'admin',
  'POST /admin/alerts/rules/:id/delete': 'admin',
  'GET /admin/alerts/rules/:id/edit': 'admin',
  'POST /admin/alerts/rules/:id/edit': 'admin',
  'POST /admin/alerts/rules/:id/activation': 'admin',
  'POST /admin/alerts/rules/:id/deactivation': 'admin',
  'GET /admin/reports': 'viewer',
  'GET /admin/reports/:id': 'viewer',
  'GET /admin/reports/:id/report.csv': 'viewer',
  'GET /admin/reports/:id/report.json': 'viewer',
  'GET /admin/reports/schedules/:id/delete': 'operator',
  'GET /admin/reports/schedules/:id/edit': 'operator',
  'GET /admin/reports/schedules/new': 'operator',
  'GET /admin/reports/today': 'viewer',
  'POST /admin/reports/schedules': 'operator',
  'POST /admin/reports/schedules/:id/delete': 'operator',
  'POST /admin/reports/schedules/:id/edit': 'operator',
  'GET /admin/pricing': 'viewer',
  'GET /admin/alerts/:id/evidence': 'operator',
  'GET /admin/alerts/channels': 'viewer',
  'GET /admin/alerts/channels/:id/delete': 'admin',
  'GET /admin/alerts/channels/:id/edit': 'admin',
  'GET /admin/alerts/channels/:id/secret': 'admin',
  'GET /admin/alerts/channels/new': 'admin',
  'POST /admin/alerts/channels': 'admin',
  'POST /admin/alerts/channels/:id/delete': 'admin',
  'POST /admin/alerts/channels/:id/edit': 'admin',
  'POST /admin/alerts/channels/:id/enabled': 'admin',
  'POST /admin/alerts/channels/:id/secret': 'admin',
  'POST /admin/alerts/channels/:id/test': 'operator',
  'GET /admin/alerts/deliveries': 'viewer',
  'POST /admin/alerts/deliveries/:id/resend': 'operator',
  'GET /admin/audit': 'admin',
  'GET /admin/audit.csv': 'admin',
  'GET /admin/settings': 'admin',
  'POST /admin/settings': 'admin',
  'GET /admin/accounts': 'viewer',
  'GET /admin/accounts/:account': 'viewer',
  'GET /admin/accounts/:account/delete': 'admin',
  'GET /admin/accounts/:account/edit': 'admin',
  'GET /admin/accounts/:account/key': 'admin',
  'GET /admin/accounts/new': 'admin',
  'GET /admin/invitation': 'public',
  'GET /admin/login': 'public',
  'GET /admin/login/code': 'public',
  'GET /admin/login/oidc': 'public',
  'GET /admin/login/oidc/callback': 'public',
  'GET /admin/people': 'admin',
  'GET /admin/people/:id': 'admin',
  'GET /admin/people/:id/name': 'admin',
  'GET /admin/people/:id/reset-link': 'admin',
  'GET /admin/people/:id/role': 'admin',
  'GET /admin/people/invitations': 'admin',
  'GET /admin/profile': 'viewer',
  'GET /admin/profile/{*path}': 'viewer',
  'GET /admin/reset': 'public',
  'GET /admin/setup': 'public',
  'GET /admin/embeds': 'operator',
  'GET /admin/embeds/:id/badge.svg': 'operator',
  'GET /admin/embeds/:id/revocation': 'operator',
  'GET /admin/embeds/:id/widget': 'operator',
  'POST /admin/embeds': 'operator',
  'POST /admin/embeds/:id/revocation': 'operator',
  'GET /admin/tokens': 'admin',
  'GET /admin/tokens/:id/revocation': 'admin',
  'POST /admin/accounts': 'admin',
  'POST /admin/accounts/:account/default': 'admin',
  'POST /admin/accounts/:account/delete': 'admin',
  'POST /admin/accounts/:account/edit': 'admin',
  'POST /admin/accounts/:account/key': 'admin',
  'POST /admin/accounts/:account/test': 'operator',
  'POST /admin/events/:id/closing': 'operator',
  'POST /admin/invitation': 'public',
  'POST /admin/login': 'public',
  'POST /admin/login/code': 'public',
  'POST /admin/logout': 'public',
  'POST /admin/people/:id/deactivation': 'admin',
  'POST /admin/people/:id/name': 'admin',
  'POST /admin/people/:id/reactivation': 'admin',
  'POST /admin/people/:id/reset-link': 'admin',
  'POST /admin/people/:id/role': 'admin',
  'POST /admin/people/:id/second-factor-reset': 'admin',
  'POST /admin/people/invitations': 'admin',
  'POST /admin/people/invitations/revocation': 'admin',
  'POST /admin/profile/password': 'viewer',
  'POST /admin/profile/second-factor': 'viewer',
  'POST /admin/profile/second-factor/confirmation': 'viewer',
  'POST /admin/profile/second-factor/recovery-codes': 'viewer',
  'POST /admin/profile/second-factor/removal': 'viewer',
  'POST /admin/profile/sessions': 'viewer',
  'POST /admin/reset': 'public',
  'POST /admin/setup': 'public',
  'POST /admin/tokens': 'admin',
  'POST /admin/tokens/:id/revocation': 'admin',
};

/** Nobody's in particular: it may be kept, and is asked about again before it is used. */
const SAME_FOR_ALL = ['GET /api/openapi.json'];

/** Routes that only prepare others: no answer of theirs ever leaves. */
const PREPARING = ['POST /admin/{*path}'];

/** With every route that configuration can add; nothing is asked of the provider. */
const OIDC = {
  PUBLIC_URL: 'http://panel.example.com',
  OIDC_ISSUER: 'http://127.0.0.1:9',
  OIDC_CLIENT_ID: 'panel',
  OIDC_CLIENT_SECRET: 'secret',
};

/** Everybody there is. */
const CALLERS: { role: Role | null; isProgram: boolean }[] = [
  { role: null, isProgram: false },
  ...ROLES.map((role) => ({ role, isProgram: false })),
  ...ROLES.map((role) => ({ role, isProgram: true })),
];
type Caller = (typeof CALLERS)[number];

test('every route has its line in the table, and the table no line too many', async () => {
  const { services } = await startPanel(OIDC);
  const { routes } = listRoutes(() => createApp(services));
  expect(routes.filter((route) => !PREPARING.includes(route))).toEqual(
    Object.keys(ACCESS).toSorted(),
  );
});

test.each(CALLERS)('$role, a program: $isProgram, may do what the table says', async (caller) => {
  const panel = await startPanel(OIDC);
  const refused: string[] = [];
  for (const route of Object.keys(ACCESS)) {
    const { status, headers } = await ask(panel, route, caller);
    const isSentToSignIn = String(headers.location).startsWith('/admin/login?next=');
    if (isSentToSignIn || status === 401 || status === 403) refused.push(route);
  }
  const forbidden = Object.entries(ACCESS).filter(([, access]) => !mayPass(access, caller));
  expect(refused).toEqual(forbidden.map(([route]) => route));
});

test('no answer of any route is kept by a browser or a proxy, whoever asks', async () => {
  const panel = await startPanel(OIDC);
  const kept: string[] = [];
  for (const route of Object.keys(ACCESS)) {
    for (const role of [null, 'admin'] as const) {
      const { headers } = await ask(panel, route, { role, isProgram: false });
      const said = SAME_FOR_ALL.includes(route) ? 'no-cache' : 'no-store';
      if (headers['cache-control'] !== said) kept.push(`${route} as ${role}`);
    }
  }
  expect(kept).toEqual([]);
});

/** Asks with a session or token made for this one question: some routes end it. */
async function ask({ http, services }: Panel, route: string, { role, isProgram }: Caller) {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replaceAll(/:\w+/g, 'x');
  const requests: Record<string, () => supertest.Test> = {
    GET: () => http.get(path),
    POST: () => http.post(path).type('form'),
    PUT: () => http.put(path).type('form'),
    DELETE: () => http.delete(path),
  };
  const request = requests[method]?.() ?? http.get(path);
  const visitor = 'v'.repeat(22);
  const fields = { _csrf: services.authKeys.formToken(`visitor ${visitor}`) };
  request.set('Cookie', `panel.visitor=${visitor}`);
  if (role && isProgram) {
    const token = { name: 'a program', role, createdBy: 'a test', expiresAt: null };
    const made = await createToken(services.store.db, services.now(), token);
    request.set('Authorization', `Bearer ${made}`);
  } else if (role) {
    const { header, formToken } = await signIn(services, role);
    request.set('Cookie', header);
    fields._csrf = formToken;
  }
  return method === 'GET' || method === 'DELETE' ? request : request.send(fields);
}

function mayPass(access: string, { role, isProgram }: Caller): boolean {
  if (access === 'public') return true;
  const [kind, needed] = access.startsWith('api ') ? access.split(' ') : ['page', access];
  if (!role || !isRole(needed) || (isProgram && kind !== 'api')) return false;
  return includesRole(role, needed);
}
