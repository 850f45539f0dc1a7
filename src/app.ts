import { fileURLToPath } from 'node:url';
import compression from 'compression';
import express, { type Express, Router } from 'express';
import { accountsPage } from './accounts/accounts-page.ts';
import { answerTest } from './accounts/api.ts';
import { chooseAccount } from './accounts/choose-account.ts';
import { configPage } from './accounts/config-page.ts';
import { keyOrAccount } from './accounts/stored-account.ts';
import { alertRulesApi } from './alerts/alert-rules-api.ts';
import { alertsApi } from './alerts/alerts-api.ts';
import { alertsPage } from './alerts/alerts-page.ts';
import { evidencePage } from './alerts/evidence-page.ts';
import { ruleFormsPage } from './alerts/rule-forms-page.ts';
import { rulesPage } from './alerts/rules-page.ts';
import { auditPage } from './audit/audit-page.ts';
import { identifyPerson, requireSignIn } from './auth/access.ts';
import { offerFormToken, protectForms } from './auth/form-token.ts';
import { linkPages } from './auth/link-pages.ts';
import { oidcPage } from './auth/oidc-page.ts';
import { peoplePage } from './auth/people-page.ts';
import { profilePage } from './auth/profile-page.ts';
import { signInPage } from './auth/sign-in-page.ts';
import { signOutPage } from './auth/sign-out-page.ts';
import { tokensPage } from './auth/tokens-page.ts';
import { balanceApi } from './credits/balance-api.ts';
import { creditsApi } from './credits/credits-api.ts';
import { creditsPage } from './credits/credits-page.ts';
import { ledgerPage } from './credits/ledger-page.ts';
import { channelsPage } from './deliveries/channels-page.ts';
import { deliveriesPage } from './deliveries/deliveries-page.ts';
import { embedsApi, keptStatuses } from './embeds/embeds-api.ts';
import { embedsPage } from './embeds/embeds-page.ts';
import { historyPage } from './history/history-page.ts';
import { loadAssets } from './http/assets.ts';
import { readBody } from './http/body.ts';
import {
  answerApiFailures,
  answerPlainly,
  refuseUnknown,
  showPageFailures,
} from './http/errors.ts';
import { chooseLocale } from './http/locale.ts';
import { originOf } from './http/origin.ts';
import { pageLocals } from './http/page.ts';
import { answerReadiness } from './http/readiness.ts';
import { requestLog } from './http/request-log.ts';
import { answerHeaders, askLimit, crossOrigin, pageHeaders } from './http/security.ts';
import { refuseUnstorableText } from './http/storable-text.ts';
import { chooseTheme } from './http/theme.ts';
import { viewEngine } from './http/view-engine.ts';
import { mcpApi } from './mcp/mcp-api.ts';
import { metricsApi } from './metrics/metrics-api.ts';
import { openApiDocs } from './openapi/api-docs.ts';
import { overviewPage } from './overview/overview-page.ts';
import { eventClosingPage } from './planner/closing-page.ts';
import { eventFormsPage } from './planner/event-forms-page.ts';
import { eventsPage } from './planner/events-page.ts';
import { eventLivePage } from './planner/live-page.ts';
import { plannedEventsApi, plannedEventsCalendar } from './planner/planned-events-api.ts';
import { pricingApi } from './pricing/pricing-api.ts';
import { pricingPage } from './pricing/pricing-page.ts';
import { reportsApi } from './reports/reports-api.ts';
import { reportsPage } from './reports/reports-page.ts';
import { schedulesPage } from './reports/schedules-page.ts';
import type { Services } from './services.ts';
import { settingsPage } from './settings/settings-page.ts';
import { answerUsage } from './usage/api.ts';
import { downloadsPage } from './usage/downloads-page.ts';
import { historyApi } from './usage/history-api.ts';
import { lookUpPage } from './usage/look-up-page.ts';
import { usagePage } from './usage/usage-page.ts';

const VIEWS = fileURLToPath(new URL('../views', import.meta.url));

/** The whole panel as an Express app: every middleware and router, in the order a request meets them. */
export function createApp(services: Services): Express {
  const { config, log } = services;
  const app = express();
  // Express' own last handler would print errors, bodies and all, to the terminal and the browser.
  app.set('env', 'test');
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', config.trustProxy);
  app.locals.publicOrigin = originOf(config.publicUrl);
  app.set('views', VIEWS);
  app.engine('ejs', viewEngine());
  app.set('view engine', 'ejs');
  app.enable('view cache');

  app.use(requestLog(log));
  app.use(answerHeaders(config));
  const panel = panelRoutes(services);
  if (config.basePath) app.use(config.basePath, panel);
  app.use(panel);
  app.use(answerPlainly);
  return app;
}

/** Everything that answers at the root and again under the base path. */
function panelRoutes(services: Services): Router {
  const { config } = services;
  const assets = loadAssets();
  const limit = askLimit(config);
  const panel = Router();
  panel.use(chooseLocale(services.settings));

  // No router of their own: it would cost every remembered answer.
  const guards = [limit, ...readBody()];
  if (config.corsOrigins.length > 0) panel.use('/api', crossOrigin(config));
  panel.post(
    '/api/config/falai-usage',
    guards,
    keyOrAccount(services, 'viewer'),
    answerUsage(services),
  );
  panel.post(
    '/api/config/falai-test',
    guards,
    keyOrAccount(services, 'operator'),
    answerTest(services),
  );
  panel.use('/api/v1', refuseUnstorableText, historyApi(services, limit));
  panel.use('/api/v1', refuseUnstorableText, pricingApi(services, limit));
  panel.use('/api/v1/balance', refuseUnstorableText, balanceApi(services, limit));
  panel.use('/api/v1/credits', limit, readBody(), refuseUnstorableText, creditsApi(services));
  panel.use(
    '/api/v1/planned-events',
    limit,
    readBody(),
    refuseUnstorableText,
    plannedEventsApi(services),
  );
  panel.use('/api/v1/reports', refuseUnstorableText, reportsApi(services, limit));
  panel.get('/api/v1/planned-events.ics', limit, ...plannedEventsCalendar(services));
  panel.use(
    '/api/v1/alert-rules',
    limit,
    readBody(),
    refuseUnstorableText,
    alertRulesApi(services),
  );
  panel.use('/api/v1/alerts', limit, readBody(), refuseUnstorableText, alertsApi(services));
  const docs = openApiDocs(config);
  panel.get('/api/openapi.json', compression(), docs.sendDocument);
  panel.get(
    '/api/docs',
    pageHeaders(config),
    compression(),
    chooseTheme,
    pageLocals(assets),
    docs.showPage,
    showPageFailures,
  );
  panel.use('/api', refuseUnstorableText, refuseUnknown, answerApiFailures);

  panel.get('/healthz', (_req, res) => void res.json({ ok: true }));
  panel.get('/readyz', answerReadiness(services));
  panel.use('/metrics', metricsApi(services), answerApiFailures);
  if (config.corsOrigins.length > 0) panel.use('/mcp', crossOrigin(config));
  panel.use('/mcp', mcpApi(services, limit), answerApiFailures);
  const embedStatus = keptStatuses(services);
  panel.use('/embed', embedsApi(services, embedStatus));

  panel.use(pageHeaders(config));
  panel.use(compression());
  panel.use(assets.serve);
  panel.use(chooseTheme, pageLocals(assets));
  panel.use(refuseUnstorableText);
  panel.use('/admin', identifyPerson(services), offerFormToken(services.authKeys));
  panel.post('/admin/{*path}', limit, readBody());
  // Who is not signed in gets as far as these.
  panel.use('/admin', linkPages(services));
  panel.use('/admin/login', protectForms, signInPage(services));
  if (config.oidc) panel.use('/admin/login/oidc', limit, oidcPage(services));
  panel.post('/admin/logout', signOutPage(services));
  panel.use('/admin', requireSignIn, protectForms, chooseAccount(services));
  panel.get('/', (_req, res) => res.redirect(`${res.locals.basePath}/admin`));
  panel.use('/admin', overviewPage(services));
  panel.use('/admin/usage', usagePage(services));
  panel.use('/admin', downloadsPage(services, limit));
  panel.use('/admin/history', historyPage(services));
  panel.use('/admin/usage/request', lookUpPage(services));
  panel.use('/admin/credits', creditsPage(services), ledgerPage(services));
  panel.use(
    '/admin/events',
    eventFormsPage(services),
    eventsPage(services),
    eventLivePage(services),
    eventClosingPage(services),
  );
  panel.use('/admin/alerts', evidencePage(services));
  panel.use('/admin/alerts/channels', channelsPage(services));
  panel.use('/admin/alerts/deliveries', deliveriesPage(services));
  panel.use('/admin/alerts/rules', ruleFormsPage(services), rulesPage(services));
  // After all that is below it.
  panel.use('/admin/alerts', alertsPage(services));
  panel.use('/admin/reports/schedules', schedulesPage(services));
  panel.use('/admin/reports', reportsPage(services, limit));
  panel.use('/admin/pricing', pricingPage(services));
  panel.use('/admin/config', configPage(services));
  panel.use('/admin/accounts', accountsPage(services));
  panel.use('/admin/people', peoplePage(services));
  panel.use('/admin/tokens', tokensPage(services));
  panel.use('/admin/embeds', embedsPage(services, embedStatus));
  panel.use('/admin/profile', profilePage(services));
  panel.use('/admin/settings', settingsPage(services));
  panel.use('/admin', auditPage(services));
  panel.use(refuseUnknown);
  panel.use(showPageFailures);
  return panel;
}
