import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { previewRetention, RETENTION_JOB, type RetentionPreview } from '../history/retention.ts';
import { doneNotice } from '../http/done-notice.ts';
import { RequestError } from '../http/failure.ts';
import { answerForm, type FormProblem, type Notice } from '../http/form-answer.ts';
import { parseBody } from '../http/parse-body.ts';
import { typedText } from '../http/typed-text.ts';
import {
  CURRENCY_DISPLAYS,
  type CurrencyDisplay,
  createFormat,
  type Format,
} from '../i18n/format.ts';
import { isLocale, LOCALES } from '../i18n/index.ts';
import { dueNow } from '../jobs/leases.ts';
import { toNano } from '../money.ts';
import type { Services } from '../services.ts';
import { canonicalTimezone, timezoneOrBlankField } from '../timezone.ts';
import {
  HISTORY_CHOICES,
  REFRESH_CHOICES,
  type Settings,
  type StoredSettings,
  saveSettings,
  settingsVersion,
} from './settings.ts';

/** What the page shows. */
interface SettingsView {
  form: SettingsForm;
  defaults: Settings;
  refreshChoices: readonly number[];
  currencyDisplays: { display: CurrencyDisplay; example: string }[];
  historyChoices: readonly string[];
  /** What saving would delete, where that is to be confirmed. */
  deletion: DeletionView | null;
  done: Notice | null;
  problem: FormProblem | null;
}

interface DeletionView {
  /** The choice that deletes it. */
  historyDays: string;
  from: string;
  to: string;
  accounts: string;
  days: string;
  rows: string;
}

/** An empty language or zone is "as the server's configuration says". */
interface SettingsForm {
  locale: string;
  timezone: string;
  refreshSeconds: number;
  currencyDisplay: string;
  historyDays: string;
  version: string;
}

const settingsForm = z.object({
  locale: z.enum(['', ...LOCALES], 'unknown'),
  timezone: timezoneOrBlankField,
  refresh_seconds: z.coerce.number('unknown').pipe(z.literal(REFRESH_CHOICES, 'unknown')),
  currency_display: z.enum(CURRENCY_DISPLAYS, 'unknown'),
  history_days: z.enum(HISTORY_CHOICES.map(historyName), 'unknown'),
  version: z.string('unusable').max(64, 'unusable'),
});

const EXAMPLE = toNano(1_234.5);

/** `/admin/settings`: what holds for everybody who doesn't say otherwise. */
export function settingsPage({ settings, store, now }: Services): Router {
  const router = Router();

  router.get('/', allow('admin'), async (req, res) => {
    // Another process may have changed them a moment ago.
    await settings.refresh();
    showPage(req, res, null);
  });

  router.post('/', allow('admin'), (req, res) => {
    let deletion: RetentionPreview | null = null;
    return answerForm(
      req,
      res,
      async () => {
        const { wanted, version } = readForm(req.body, settings.defaults);
        deletion = await deletionBy(wanted);
        if (deletion && typedText(req.body, 'confirm_deletion') !== String(wanted.historyDays)) {
          const faults = [{ field: 'confirm_deletion', fault: 'missing' }];
          throw new RequestError('invalid_request', { faults });
        }
        await saveSettings(store.db, now(), actorOf(req), wanted, version);
        await settings.refresh();
        if (deletion) await dueNow(store.db, now(), RETENTION_JOB);
        res.redirect(303, `${res.locals.basePath}/admin/settings?done=saved`);
      },
      (problem) => showPage(req, res, problem, deletion),
    );
  });

  /** What there is to be deleted if less is kept than now; `null` where nothing is. */
  async function deletionBy({ historyDays }: StoredSettings): Promise<RetentionPreview | null> {
    const kept = settings.current().historyDays ?? Infinity;
    if (!historyDays || historyDays >= kept) return null;
    const preview = await previewRetention(store.reader, now(), historyDays);
    return preview.days > 0 ? preview : null;
  }

  function showPage(
    req: Request,
    res: Response,
    problem: FormProblem | null,
    deletion: RetentionPreview | null = null,
  ): void {
    const stored = settings.stored();
    const { refreshSeconds, currencyDisplay, ...current } = settings.current();
    const historyDays = historyName(current.historyDays);
    const { locale = '', timezone = '' } = stored;
    const version = settingsVersion(stored);
    const form = { locale, timezone, refreshSeconds, currencyDisplay, historyDays, version };
    const shown = problem ? formAgain(req.body, form) : form;
    res.render('settings/index', {
      form: shown,
      defaults: settings.defaults,
      refreshChoices: REFRESH_CHOICES,
      currencyDisplays: CURRENCY_DISPLAYS.map((display) => ({
        display,
        example: createFormat(res.locals.locale, display).money(EXAMPLE),
      })),
      historyChoices: HISTORY_CHOICES.map(historyName),
      deletion: deletion && deletionView(deletion, shown.historyDays, res.locals.format),
      done: doneNotice(req, res, 'settings'),
      problem,
    } satisfies SettingsView);
  }

  return router;
}

/** @throws RequestError */
function readForm(body: unknown, defaults: Settings): { wanted: StoredSettings; version: string } {
  const read = parseBody(settingsForm, body);
  const { refresh_seconds: refreshSeconds, currency_display: currencyDisplay, version } = read;
  const historyDays =
    HISTORY_CHOICES.find((each) => historyName(each) === read.history_days) ?? null;
  const wanted = {
    ...(read.locale && { locale: read.locale }),
    ...(read.timezone && { timezone: read.timezone }),
    ...(refreshSeconds !== defaults.refreshSeconds && { refreshSeconds }),
    ...(currencyDisplay !== defaults.currencyDisplay && { currencyDisplay }),
    ...(historyDays !== defaults.historyDays && { historyDays }),
  };
  return { wanted, version };
}

/** What was chosen; the version stays the one that was edited, so that a conflict stays one. */
function formAgain(body: unknown, stored: SettingsForm): SettingsForm {
  const typed = (field: string) => typedText(body, field);
  const [locale, timezone] = [typed('locale'), typed('timezone')];
  const seconds = Number(typed('refresh_seconds'));
  const display = typed('currency_display');
  const history = HISTORY_CHOICES.map(historyName).find((each) => each === typed('history_days'));
  return {
    locale: isLocale(locale) ? locale : '',
    timezone: canonicalTimezone(timezone) ?? '',
    refreshSeconds: REFRESH_CHOICES.find((each) => each === seconds) ?? stored.refreshSeconds,
    currencyDisplay: CURRENCY_DISPLAYS.find((each) => each === display) ?? stored.currencyDisplay,
    historyDays: history ?? stored.historyDays,
    version: typed('version') || stored.version,
  };
}

/** As the form says how long usage is kept. */
function historyName(days: Settings['historyDays']): string {
  return days === null ? 'all' : String(days);
}

function deletionView(
  { accounts, days, rows, oldest, before }: RetentionPreview,
  historyDays: string,
  format: Format,
): DeletionView {
  const dateOf = (instant: Temporal.Instant) => format.date(instant, 'UTC');
  return {
    historyDays,
    from: dateOf(oldest ?? before),
    to: dateOf(before.subtract({ milliseconds: 1 })),
    accounts: format.count(accounts),
    days: format.count(days),
    rows: format.count(rows),
  };
}
