import { type Request, type Response, Router } from 'express';
import type { FalAccount } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { includesRole } from '../auth/viewer.ts';
import type { Channel } from '../deliveries/channel.ts';
import { listChannels } from '../deliveries/channel-rows.ts';
import { recipientsOf } from '../deliveries/recipients.ts';
import { doneNotice } from '../http/done-notice.ts';
import type { Notice } from '../http/form-answer.ts';
import { typedText } from '../http/typed-text.ts';
import type { Services } from '../services.ts';
import {
  type IncidentRow,
  type IncidentView,
  type IncidentWords,
  incidentRow,
  incidentView,
} from './alerts-view.ts';
import { acknowledge, incidentOf, readIncidentsPage, resolve } from './asked-incidents.ts';
import { byGravity, type Incident } from './incident.ts';
import { cutShortOf, listIncidents, openIncidents } from './incident-queries.ts';
import { quietUntil } from './quiet-hours.ts';
import { RULE_KINDS, type Rule } from './rule.ts';
import { listRules } from './rule-rows.ts';
import { findRule } from './rules.ts';
import { kindView } from './rules-view.ts';
import { toldTo } from './told-to.ts';
import { unseenCharges } from './unseen-charges.ts';

/** Incidents of a page of the history. */
const PAGE_SIZE = 25;

interface ListView {
  open: IncidentRow[];
  /** Kinds of what is watched, in words. */
  watched: string[];
  past: IncidentRow[];
  /** What of the history is shown. */
  state: string;
  isFirstPage: boolean;
  /** The address of the page of what is older; `null`: there is nothing. */
  older: string | null;
  hasChannel: boolean;
  /** Whose single charges can't be seen. */
  unseen: FalAccount[];
  /** Whether there is anything to watch. */
  hasAccounts: boolean;
  showsAccount: boolean;
  mayChange: boolean;
  done: Notice | null;
}

/** `/admin/alerts`: what was found that somebody should know of, and what became of it. */
export function alertsPage(services: Services): Router {
  const { store, now } = services;
  const { db } = store;
  const router = Router();

  router.get('/', allow('viewer'), async (req, res) => {
    const { accounts, chosen } = res.locals.accountChoice;
    const { state, before } = readIncidentsPage(req.query);
    const shown = state ?? 'resolved';
    res.locals.keptQuery = new URLSearchParams(state ? { state } : {});
    const open = before ? [] : await openIncidents(db, chosen?.id ?? null);
    const { incidents: past, next } = await listIncidents(db, {
      accountId: chosen?.id ?? null,
      state: shown === 'all' ? null : shown,
      before,
      limit: PAGE_SIZE,
    });
    const told = await toldTo(db, [...open, ...past]);
    const cutShort = await cutShortOf(db, past);
    const rules = await listRules(db);
    const channels = await listChannels(db);
    const rowsOf = (incidents: readonly Incident[]) =>
      incidents.flatMap((incident) => {
        const account = accounts.find(({ id }) => id === incident.accountId);
        const rule = rules.find(({ id }) => id === incident.ruleId) ?? null;
        return account
          ? [
              incidentRow(incident, account, {
                words: wordsOf(res),
                told: told.get(incident.id) ?? null,
                heldUntil: heldUntil(incident, account, rule, channels),
                mayAct: mayAct(req),
                isCutShort: cutShort.has(incident.id),
              }),
            ]
          : [];
      });
    res.render('alerts/index', {
      open: rowsOf(open.toSorted(byGravity)),
      watched: RULE_KINDS.filter((kind) =>
        rules.some((rule) => rule.kind === kind && rule.isEnabled),
      ).map((kind) => kindView(kind, res.locals.t).title),
      past: rowsOf(past),
      state: shown,
      isFirstPage: before === null,
      older: next && `?${new URLSearchParams({ ...(state && { state }), before: next })}`,
      hasChannel: channels.some(({ isEnabled }) => isEnabled),
      unseen: await unseenCharges(services),
      hasAccounts: accounts.length > 0,
      showsAccount: accounts.length > 1,
      mayChange: req.viewer !== null && includesRole(req.viewer.role, 'admin'),
      done: doneNotice(req, res, 'alerts'),
    } satisfies ListView);
  });

  router.get('/:id', allow('viewer'), async (req, res) => {
    const { account, ...found } = await incidentOf(services, req);
    const words = wordsOf(res);
    const { incident } = found;
    const told = await toldTo(db, [incident]);
    const rule = await findRule(db, incident.ruleId);
    const row = incidentRow(incident, account, {
      words,
      told: told.get(incident.id) ?? null,
      heldUntil: heldUntil(incident, account, rule, await listChannels(db)),
      mayAct: mayAct(req),
      isCutShort: (await cutShortOf(db, [incident])).has(incident.id),
    });
    res.render('alerts/show', {
      ...incidentView(row, { ...found, rule }, words),
      mayChange: req.viewer !== null && includesRole(req.viewer.role, 'admin'),
      done: doneNotice(req, res, 'alerts'),
    } satisfies IncidentView & { mayChange: boolean; done: Notice | null });
  });

  for (const [path, act, done] of [
    ['acknowledgement', acknowledge, 'acknowledged'],
    ['resolution', resolve, 'resolved'],
  ] as const) {
    router.post(`/:id/${path}`, allow('operator'), async (req, res) => {
      const { incident } = await incidentOf(services, req);
      await act(services, incident.id, actorOf(req));
      const back = typedText(req.body, 'list') === 'yes' ? '' : `/${incident.id}`;
      res.redirect(303, `${res.locals.basePath}/admin/alerts${back}?done=${done}`);
    });
  }

  /** What opened in its rule's quiet hours is told when they end, where there is somebody to tell. */
  function heldUntil(
    { state, severity, toldAt, toldWith }: Incident,
    { timezone }: FalAccount,
    rule: Rule | null,
    channels: readonly Channel[],
  ): Temporal.Instant | null {
    if (state !== 'open' || severity === 'critical' || toldAt !== null || !rule) return null;
    // What waits behind the message of another may wait for longer.
    if (toldWith !== null) return null;
    if (recipientsOf(channels, rule.channelIds).length === 0) return null;
    return quietUntil(rule.quietHours, timezone, now());
  }

  function wordsOf({ locals: { format, t } }: Response): IncidentWords {
    return { format, t, now: now() };
  }

  return router;
}

function mayAct({ viewer }: Request): boolean {
  return viewer !== null && includesRole(viewer.role, 'operator');
}
