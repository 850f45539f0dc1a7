import { type Request, type Response, Router } from 'express';
import { allow } from '../auth/access.ts';
import { sendCsv } from '../http/csv.ts';
import { answerForm, type FormProblem } from '../http/form-answer.ts';
import { typedText } from '../http/typed-text.ts';
import type { Services } from '../services.ts';
import { AUDIT_ACTIONS } from './audit.ts';
import { type AuditQuestion, placeText, readAuditQuery } from './filter.ts';
import { eachAuditEntry, readAudit, type StoredAuditEntry } from './queries.ts';
import { type AuditEntryView, actionText, auditEntryView } from './view.ts';

const PAGE_SIZE = 50;
const FILTER_FIELDS = ['who', 'action', 'from', 'to', 'text', 'timezone'] as const;
const FILTER_MAX = 200;

/** What the page shows. */
interface AuditView {
  /** The filter as it stands in the address, each field of it. */
  form: Record<(typeof FILTER_FIELDS)[number], string>;
  entries: AuditEntryView[];
  actions: { action: string; text: string }[];
  timezone: string;
  isFiltered: boolean;
  /** Where older entries, the newest ones and the file are; `null` for nowhere. */
  olderHref: string | null;
  newestHref: string | null;
  csvHref: string;
  problem: FormProblem | null;
}

/** `/admin/audit`: who did what, when and from where; all of what is asked stands in the address. */
export function auditPage(services: Services): Router {
  const { settings, store } = services;
  const router = Router();

  router.get('/audit', allow('admin'), (req, res) => {
    const usual = settings.current().timezone;
    return answerForm(
      req,
      res,
      async () => {
        const question = readAuditQuery(req.query, usual);
        const { filter, before } = question;
        // One more than is shown tells whether there are older ones.
        const limit = PAGE_SIZE + 1;
        const entries = await readAudit(store.db, store.engine, filter, { before, limit });
        showPage(req, res, entries, question, null);
      },
      (problem) => showPage(req, res, [], readAuditQuery({}, usual), problem),
    );
  });

  router.get('/audit.csv', allow('admin'), async (req, res) => {
    const { filter, timezone } = readAuditQuery(req.query, settings.current().timezone);
    await sendCsv(res, {
      name: 'audit.csv',
      header: ['at', 'actor', 'actor_kind', 'action', 'target', 'address', 'detail'],
      rows: rows(eachAuditEntry(store.db, store.engine, filter), timezone),
      forExcel: req.query.excel === '1',
    });
  });

  function showPage(
    req: Request,
    res: Response,
    found: StoredAuditEntry[],
    { timezone, before }: AuditQuestion,
    problem: FormProblem | null,
  ): void {
    const { basePath, format, t } = res.locals;
    const form = formOf(req);
    const address = new URLSearchParams(Object.entries(form).filter(([, value]) => value !== ''));
    const href = (path: string, more: Record<string, string>) => {
      const query = new URLSearchParams([...address, ...Object.entries(more)]);
      return `${basePath}${path}${query.size > 0 ? `?${query}` : ''}`;
    };
    const shown = found.slice(0, PAGE_SIZE);
    const last = found.length > PAGE_SIZE ? shown.at(-1) : undefined;
    res.locals.keptQuery = problem ? new URLSearchParams() : address;
    res.render('audit/index', {
      form,
      entries: shown.map((entry) => auditEntryView(entry, timezone, format, t)),
      actions: AUDIT_ACTIONS.map((action) => ({ action, text: actionText(action, t) })),
      timezone,
      isFiltered: [...address.keys()].some((name) => name !== 'timezone'),
      olderHref: last ? href('/admin/audit', { before: placeText(last) }) : null,
      newestHref: before ? href('/admin/audit', {}) : null,
      csvHref: href('/admin/audit.csv', { excel: '1' }),
      problem,
    } satisfies AuditView);
  }

  return router;
}

/** The filter as it was typed, to be corrected; what is longer than any filter may be is not. */
function formOf({ query }: Request): AuditView['form'] {
  const typed = FILTER_FIELDS.map((name) => [name, typedText(query, name)] as const);
  return Object.fromEntries(
    typed.map(([name, value]) => [name, value.length <= FILTER_MAX ? value : '']),
  ) as AuditView['form'];
}

async function* rows(entries: AsyncIterable<StoredAuditEntry>, timezone: string) {
  for await (const entry of entries) {
    const at = Temporal.Instant.from(entry.at).toZonedDateTimeISO(timezone);
    yield [
      at.toString({ timeZoneName: 'never', smallestUnit: 'millisecond' }),
      entry.actor,
      entry.actor_kind,
      entry.action,
      entry.target,
      entry.address,
      entry.detail,
    ];
  }
}
