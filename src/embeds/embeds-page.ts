import { type Request, type Response, Router } from 'express';
import { findAccount } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { TOKEN_LIVES, tokenExpiry, tokenState } from '../auth/token-expiry.ts';
import { doneNotice } from '../http/done-notice.ts';
import { RequestError, refuse } from '../http/failure.ts';
import { answerForm, type FormProblem } from '../http/form-answer.ts';
import { askedPanelUrl } from '../http/panel-url.ts';
import { rowId } from '../http/row-id.ts';
import { pageHeaders } from '../http/security.ts';
import { LOCALES } from '../i18n/index.ts';
import type { Services } from '../services.ts';
import { issueEmbed, withdrawEmbed } from './change-embeds.ts';
import { sendBadge, sendWidget } from './embed-answers.ts';
import {
  type EmbedForm,
  embedFormAgain,
  emptyEmbedForm,
  NAME_MAX,
  readEmbedForm,
} from './embed-form.ts';
import { EMBED_PARTS, type ListedEmbed, listEmbeds, readEmbed } from './embed-tokens.ts';
import type { ReadStatus } from './embeds-api.ts';
import { type Snippets, snippetsOf } from './snippets.ts';

interface Shown {
  form: EmbedForm;
  problem: FormProblem | null;
  /** One that was just made: its code is shown in this answer and never again. */
  made: { id: string; name: string; snippets: Snippets } | null;
}

/** `/admin/embeds`: what other pages show of an account, each with a token of its own. */
export function embedsPage(services: Services, readStatus: ReadStatus): Router {
  const { config, settings, store, now } = services;
  const router = Router();
  // Previews are frames of this page.
  router.use(pageHeaders(config, { frameSrc: ["'self'"] }));

  router.get('/', allow('operator'), (req, res) => showEmbeds(req, res, nothing(req, res)));

  router.post('/', allow('operator'), (req, res) =>
    answerForm(
      req,
      res,
      async () => {
        const read = readEmbedForm(req.body);
        const account = read.account === '' ? null : await findAccount(store.db, read.account);
        if (read.account !== '' && !account) refuse('account', 'unknown');
        const { form_id: id, name, shows, locale, frame_origins: frameOrigins } = read;
        const expiry = { life: read.expires, day: read.expires_on };
        const token = await issueEmbed(services, actorOf(req), {
          ...{ id, name, shows, locale, frameOrigins },
          accountId: account?.id ?? null,
          expiresAt: tokenExpiry(expiry, settings.current().timezone, now()),
        });
        // The page was reloaded, or its button pressed twice.
        if (token === null) {
          return res.redirect(303, `${res.locals.basePath}/admin/embeds?done=already_created`);
        }
        const snippets = snippetsOf(`${askedPanelUrl(config, req, res)}/embed/${token}`, name);
        await showEmbeds(req, res, { ...nothing(req, res), made: { id, name, snippets } });
      },
      (problem) => {
        const form = embedFormAgain(req.body, nothing(req, res).form);
        return showEmbeds(req, res, { form, problem, made: null });
      },
    ),
  );

  router.get('/:id/badge.svg', allow('operator'), async (req, res) => {
    const embed = await goodEmbed(req);
    sendBadge(res, services, await statusOf(embed), embed);
  });

  router.get('/:id/widget', allow('operator'), async (req, res) => {
    const embed = await goodEmbed(req);
    sendWidget(res, services, await statusOf(embed), embed, "'self'");
  });

  router.get('/:id/revocation', allow('operator'), async (req, res) => {
    const embed = await readEmbed(store.db, rowId(req));
    if (!embed) throw new RequestError('not_found');
    if (embed.revokedAt) throw new RequestError('conflict');
    res.render('embeds/revoke', {
      embed,
      lastUsed: embed.lastUsedAt && res.locals.format.ago(embed.lastUsedAt, now()),
    });
  });

  router.post('/:id/revocation', allow('operator'), async (req, res) => {
    const name = await withdrawEmbed(services, actorOf(req), rowId(req));
    if (name === null) throw new RequestError('conflict');
    res.redirect(303, `${res.locals.basePath}/admin/embeds?done=revoked`);
  });

  async function showEmbeds(req: Request, res: Response, shown: Shown): Promise<void> {
    const { accounts } = res.locals.accountChoice;
    const { timezone } = settings.current();
    res.render('embeds/index', {
      embeds: (await listEmbeds(store.db)).map((embed) => embedRow(embed, res)),
      accounts,
      parts: EMBED_PARTS,
      locales: LOCALES,
      lives: TOKEN_LIVES,
      today: now().toZonedDateTimeISO(timezone).toPlainDate().toString(),
      timezone,
      nameMax: NAME_MAX,
      done: doneNotice(req, res, 'embeds'),
      ...shown,
    });
  }

  function embedRow(embed: ListedEmbed, res: Response) {
    const { accountChoice, format, t } = res.locals;
    const { timezone } = settings.current();
    const at = now();
    const time = (instant: Temporal.Instant) => format.dateTime(instant, timezone);
    const { id, name, hint, createdBy, accountId, shows, frameOrigins } = embed;
    return {
      ...{ id, name, hint, createdBy },
      account: accountChoice.accounts.find((account) => account.id === accountId) ?? null,
      shows: shows.map((part) => t(`audit.value.shows.${part}`)).join(', '),
      origins: frameOrigins?.join(', ') ?? null,
      created: format.date(embed.createdAt, timezone),
      expires: embed.expiresAt && time(embed.expiresAt),
      lastUsed: embed.lastUsedAt && {
        ago: format.ago(embed.lastUsedAt, at),
        exact: time(embed.lastUsedAt),
      },
      state: tokenState(embed, at),
    };
  }

  /** @throws RequestError `not_found` for one that shows nothing any more. */
  async function goodEmbed(req: Request): Promise<ListedEmbed> {
    const embed = await readEmbed(store.db, rowId(req));
    if (!embed || tokenState(embed, now()) !== 'active') throw new RequestError('not_found');
    return embed;
  }

  async function statusOf({ accountId }: ListedEmbed) {
    const status = await readStatus(accountId);
    if (!status) throw new RequestError('not_found');
    return status;
  }

  return router;
}

/** The form for an account that a page of it leads here for, else for the one that was chosen to be seen. */
function nothing({ query }: Request, { locals: { locale, accountChoice } }: Response): Shown {
  const { accounts, chosen } = accountChoice;
  const account = accounts.find(({ slug }) => slug === query.for) ?? chosen;
  const form = emptyEmbedForm({ locale, account: account?.slug ?? '' });
  return { form, problem: null, made: null };
}
