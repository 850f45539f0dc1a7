import { type Request, type Response, Router } from 'express';
import { allow } from '../auth/access.ts';
import { answerForm, type FormProblem } from '../http/form-answer.ts';
import { typedText } from '../http/typed-text.ts';
import type { Services } from '../services.ts';
import { type ExplorerFindings, findUsage } from './explorer-findings.ts';
import { explorerLinks } from './explorer-links.ts';
import {
  type ExplorerForm,
  type ExplorerQuery,
  explorerAddress,
  explorerDefaults,
  readExplorerQuery,
} from './explorer-query.ts';
import { type ExplorerView, explorerView } from './explorer-view.ts';
import { nameWithTail } from './group-names.ts';
import { idInList } from './request-fields.ts';

const PATH = '/admin/usage';

/** A filter that is on, and the address without it. */
interface FilterView {
  text: string;
  href: string;
}

/** What the page shows. */
interface UsagePageView {
  /** The form as its address says. */
  form: Record<keyof ExplorerForm, string>;
  /** `Últimos 7 días · por modelo`; `null` for what can't be asked. */
  question: string | null;
  usage: ExplorerView | null;
  filters: FilterView[];
  unfilteredHref: string;
  /** This question with another period. */
  longerHref: string;
  exports: { name: 'csv' | 'xlsx' | 'focus'; href: string }[];
  problem: FormProblem | null;
}

/**
 * `/admin/usage`: what was used, in what and compared with what, from the local copy. All of what is
 * asked stands in the address.
 */
export function usagePage(services: Services): Router {
  const { now, settings } = services;
  const router = Router();

  router.get('/', allow('viewer'), (req, res) => {
    const defaults = explorerDefaults(res.locals.accountChoice, settings.current().timezone);
    if (defaults.accounts.length === 0 && req.query.account === undefined) {
      return res.render('usage/index', withoutAnswer(req, null));
    }
    return answerForm(
      req,
      res,
      async () => {
        const asked = readExplorerQuery(req.query, defaults, now());
        showAnswer(res, asked, await findUsage(services.history, asked));
      },
      (problem) => {
        const isAccount = problem.name === 'not_found';
        const { basePath, t } = res.locals;
        const accounts = { label: t('nav.accounts'), href: `${basePath}/admin/accounts` };
        const action = { kind: 'link', external: false, ...accounts } as const;
        const shown = isAccount ? { ...problem, action } : problem;
        res.render('usage/index', withoutAnswer(req, shown));
      },
    );
  });

  function showAnswer(res: Response, query: ExplorerQuery, findings: ExplorerFindings): void {
    const { basePath, format, t } = res.locals;
    const { asked } = query;
    const page = `${basePath}${PATH}`;
    const links = explorerLinks(page, asked);
    const address = explorerAddress(asked);
    const usage = explorerView(query, findings, { page, now: now(), format, t });
    res.locals.keptQuery = address;
    const files = [
      ['csv', '/admin/usage.csv'],
      ['xlsx', '/admin/usage.xlsx'],
      ['focus', '/admin/focus.csv'],
    ] as const;
    res.render('usage/index', {
      form: {
        ...asked,
        endpoint_id: asked.endpoint_id.join(', '),
        api_key_id: asked.api_key_id.map(idInList).join(', '),
      },
      question: t('explorer.by', {
        period: usage.period,
        group: t(`explorer.by_${asked.group_by}`),
      }),
      usage,
      filters: (['endpoint_id', 'api_key_id'] as const).flatMap((field) =>
        asked[field].map((id) => ({
          text: filterText(id, findings.answer.keyNames?.get(id)),
          href: links.to({ [field]: asked[field].filter((each) => each !== id) }),
        })),
      ),
      unfilteredHref: links.to({ endpoint_id: [], api_key_id: [] }),
      longerHref: links.to({ period: '30d', start_date: '', end_date: '', timeframe: 'auto' }),
      exports: files.map(([name, path]) => ({ name, href: `${basePath}${path}?${address}` })),
      problem: null,
    } satisfies UsagePageView);
  }

  return router;
}

/** A key by its name and the end of its id: another one may have that name. */
function filterText(id: string, name: string | undefined): string {
  return name === undefined || name === id ? id : nameWithTail(name, id);
}

function withoutAnswer(req: Request, problem: FormProblem | null): UsagePageView {
  return {
    form: typedForm(req),
    question: null,
    usage: null,
    filters: [],
    unfilteredHref: '',
    longerHref: '',
    exports: [],
    problem,
  };
}

/** Only what can be part of a question is shown again: people paste keys into any field. */
const SHOWN_AGAIN: Record<keyof ExplorerForm, RegExp> = {
  period: /^[\w]{1,20}$/,
  start_date: /^\d{4}-\d{2}-\d{2}$/,
  end_date: /^\d{4}-\d{2}-\d{2}$/,
  timezone: /^[A-Za-z]+(?:[/_+-]\w+)*$/,
  timeframe: /^[a-z]{1,10}$/,
  group_by: /^[a-z_]{1,10}$/,
  account: /^[a-z0-9-]{0,64}$/,
  endpoint_id: /^[\w./, -]{0,2000}$/,
  api_key_id: /^[^\p{C}:]{0,2000}$/u,
  compare: /^[a-z]{1,10}$/,
};

function typedForm({ query }: Request): UsagePageView['form'] {
  const fields = Object.entries(SHOWN_AGAIN).map(([name, pattern]) => {
    const typed = typedText(query, name);
    return [name, pattern.test(typed) ? typed : ''];
  });
  return Object.fromEntries(fields) as UsagePageView['form'];
}
