import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { doneNotice } from '../http/done-notice.ts';
import { answerForm, type FormProblem, type Notice } from '../http/form-answer.ts';
import { parseBody } from '../http/parse-body.ts';
import { typedText } from '../http/typed-text.ts';
import { CURRENCY_DISPLAYS, type CurrencyDisplay, createFormat } from '../i18n/format.ts';
import { isLocale, LOCALES } from '../i18n/index.ts';
import { toNano } from '../money.ts';
import type { Services } from '../services.ts';
import { canonicalTimezone, timezoneOrBlankField } from '../timezone.ts';
import {
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
  done: Notice | null;
  problem: FormProblem | null;
}

/** An empty language or zone is "as the server's configuration says". */
interface SettingsForm {
  locale: string;
  timezone: string;
  refreshSeconds: number;
  currencyDisplay: string;
  version: string;
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

  router.post('/', allow('admin'), (req, res) =>
    answerForm(
      req,
      res,
      async () => {
        const { wanted, version } = readForm(req.body, settings.defaults);
        await saveSettings(store.db, now(), actorOf(req), wanted, version);
        await settings.refresh();
        res.redirect(303, `${res.locals.basePath}/admin/settings?done=saved`);
      },
      (problem) => showPage(req, res, problem),
    ),
  );

  function showPage(req: Request, res: Response, problem: FormProblem | null): void {
    const stored = settings.stored();
    const { refreshSeconds, currencyDisplay } = settings.current();
    const { locale = '', timezone = '' } = stored;
    const version = settingsVersion(stored);
    const form = { locale, timezone, refreshSeconds, currencyDisplay, version };
    res.render('settings/index', {
      form: problem ? formAgain(req.body, form) : form,
      defaults: settings.defaults,
      refreshChoices: REFRESH_CHOICES,
      currencyDisplays: CURRENCY_DISPLAYS.map((display) => ({
        display,
        example: createFormat(res.locals.locale, display).money(EXAMPLE),
      })),
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
  const wanted = {
    ...(read.locale && { locale: read.locale }),
    ...(read.timezone && { timezone: read.timezone }),
    ...(refreshSeconds !== defaults.refreshSeconds && { refreshSeconds }),
    ...(currencyDisplay !== defaults.currencyDisplay && { currencyDisplay }),
  };
  return { wanted, version };
}

/** What was chosen; the version stays the one that was edited, so that a conflict stays one. */
function formAgain(body: unknown, stored: SettingsForm): SettingsForm {
  const typed = (field: string) => typedText(body, field);
  const [locale, timezone] = [typed('locale'), typed('timezone')];
  const seconds = Number(typed('refresh_seconds'));
  const display = typed('currency_display');
  return {
    locale: isLocale(locale) ? locale : '',
    timezone: canonicalTimezone(timezone) ?? '',
    refreshSeconds: REFRESH_CHOICES.find((each) => each === seconds) ?? stored.refreshSeconds,
    currencyDisplay: CURRENCY_DISPLAYS.find((each) => each === display) ?? stored.currencyDisplay,
    version: typed('version') || stored.version,
  };
}
