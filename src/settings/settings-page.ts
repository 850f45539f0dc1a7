import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { failureProblem, noteFailure } from '../http/errors.ts';
import { parseBody } from '../http/parse-body.ts';
import type { ProblemView } from '../http/problem.ts';
import { CURRENCY_DISPLAYS, type CurrencyDisplay, createFormat } from '../i18n/format.ts';
import { LOCALES, type Translate } from '../i18n/index.ts';
import { toNano } from '../money.ts';
import type { Services } from '../services.ts';
import { timezoneOrBlankField } from '../timezone.ts';
import {
  REFRESH_CHOICES,
  type Settings,
  type StoredSettings,
  saveSettings,
  settingsVersion,
} from './settings.ts';

/** What the page shows. */
interface SettingsView {
  /** An empty language or zone is "as the server's configuration says". */
  form: Settings & { chosenLocale: string; chosenTimezone: string; version: string };
  defaults: Settings;
  refreshChoices: readonly number[];
  currencyDisplays: { display: CurrencyDisplay; example: string }[];
  saved: boolean;
  problem: ProblemView | null;
}

const settingsForm = z.object({
  locale: z.enum(['', ...LOCALES], 'unknown'),
  timezone: timezoneOrBlankField,
  refresh_seconds: z.coerce.number('unknown').pipe(z.literal(REFRESH_CHOICES, 'unknown')),
  currency_display: z.enum(CURRENCY_DISPLAYS, 'unknown'),
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

  router.post('/', allow('admin'), async (req, res) => {
    try {
      const { wanted, version } = readForm(req.body, settings.defaults);
      await saveSettings(store.db, now(), actorOf(req), wanted, version);
    } catch (error) {
      const problem = failureProblem(noteFailure(error, req, res), req, res);
      await settings.refresh();
      return showPage(req, res, inOwnWords(problem, res.locals.t));
    }
    await settings.refresh();
    res.redirect(303, `${res.locals.basePath}/admin/settings?done=saved`);
  });

  function showPage(req: Request, res: Response, problem: ProblemView | null): void {
    const stored = settings.stored();
    res.render('settings/index', {
      form: {
        ...settings.current(),
        chosenLocale: stored.locale ?? '',
        chosenTimezone: stored.timezone ?? '',
        version: settingsVersion(stored),
      },
      defaults: settings.defaults,
      refreshChoices: REFRESH_CHOICES,
      currencyDisplays: CURRENCY_DISPLAYS.map((display) => ({
        display,
        example: createFormat(res.locals.locale, display).money(EXAMPLE),
      })),
      saved: req.query.done === 'saved',
      problem,
    } satisfies SettingsView);
  }

  return router;
}

/** @throws RequestError */
function readForm(body: unknown, defaults: Settings): { wanted: StoredSettings; version: string } {
  const read = parseBody(settingsForm, body);
  const { refresh_seconds: refreshSeconds, currency_display: currencyDisplay, version } = read;
  const wanted = {
    ...(read.locale && { locale: read.locale }),
    ...(read.timezone && { timezone: read.timezone }),
    ...(refreshSeconds !== defaults.refreshSeconds && { refreshSeconds }),
    ...(currencyDisplay !== defaults.currencyDisplay && { currencyDisplay }),
  };
  return { wanted, version };
}

/** The usual words for a form that can't be used are about a question to fal. */
function inOwnWords(problem: ProblemView, t: Translate): ProblemView {
  if (problem.code !== 'invalid_request') return problem;
  return {
    ...problem,
    what: t('settings.invalid_what'),
    means: t('settings.invalid_means'),
    now: t('settings.invalid_now'),
  };
}
