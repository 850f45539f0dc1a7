import { randomUUID } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { includesRole } from '../auth/viewer.ts';
import { doneNotice } from '../http/done-notice.ts';
import { RequestError } from '../http/failure.ts';
import { answerForm, type FormProblem, type Notice } from '../http/form-answer.ts';
import { rowId } from '../http/row-id.ts';
import { readDeletion, readVersion, sentVersion } from '../http/seen-version.ts';
import { typedText } from '../http/typed-text.ts';
import type { Services } from '../services.ts';
import {
  changeChannel,
  createChannel,
  deleteChannel,
  enableChannel,
  renewWebhookSecret,
} from './change-channels.ts';
import { CHANNEL_KINDS, type Channel, isChannelKind } from './channel.ts';
import {
  type ChannelFormAgain,
  formAgain,
  NAME_MAX,
  readChangedChannel,
  readNewChannel,
  TARGET_FIELDS,
} from './channel-form.ts';
import { countNaming, findChannel, listChannels, targetOf } from './channel-rows.ts';
import { findDelivery, lastDeliveryTo } from './delivery-list.ts';
import { deliveryView, failureView } from './delivery-view.ts';
import { sendTest } from './test-message.ts';

/** A webhook's secret that was just made: it is shown in this answer and never again. */
interface MadeSecret {
  name: string;
  secret: string;
  /** It takes another one's place, which signs along for a day. */
  isRenewed: boolean;
}

/** `/admin/alerts/channels`: where people are told, for everybody to see and for admins to change. */
export function channelsPage(services: Services): Router {
  const { now, seal, settings, store } = services;
  const router = Router();

  router.get('/', allow('viewer'), (req, res) => showChannels(req, res));

  const newForm = { view: 'channels/new', model: newModel };
  router.get('/new', allow('admin'), (req, res) => showForm(req, res, newForm));
  router.post('/', allow('admin'), (req, res) =>
    submit(req, res, newForm, async () => {
      const read = readNewChannel(req.body);
      const made = await createChannel(services, actorOf(req), read);
      const { target, name } = read;
      // The page was reloaded, or its button pressed twice.
      if (made === null) return '?done=already_created';
      if (target.kind !== 'webhook') return `?done=created#channel-${made.id}`;
      const secret = target.secrets[0]?.secret ?? '';
      await showChannels(req, res, { name, secret, isRenewed: false });
      return null;
    }),
  );

  router.post('/:id/test', allow('operator'), async (req, res) => {
    const channel = await channelOf(req);
    const delivery = await sendTest(services, channel);
    redirect(res, `?tested=${delivery}`);
  });

  router.post('/:id/enabled', allow('admin'), async (req, res) => {
    const { id } = await channelOf(req);
    const isEnabled = typedText(req.body, 'enabled') === 'yes';
    await enableChannel(services, actorOf(req), id, isEnabled);
    redirect(res, `?done=${isEnabled ? 'enabled' : 'disabled'}#channel-${id}`);
  });

  const editForm = { view: 'channels/edit', model: editModel };
  router.get('/:id/edit', allow('admin'), (req, res) => showForm(req, res, editForm));
  router.post('/:id/edit', allow('admin'), (req, res) =>
    submit(req, res, editForm, async () => {
      const { id, kind } = await channelOf(req);
      const { version, fields, retarget } = readChangedChannel(req.body, kind);
      await changeChannel(services, actorOf(req), { id, version }, fields, retarget);
      return `?done=changed#channel-${id}`;
    }),
  );

  const secretForm = { view: 'channels/secret', model: secretModel };
  router.get('/:id/secret', allow('admin'), (req, res) => showForm(req, res, secretForm));
  router.post('/:id/secret', allow('admin'), (req, res) =>
    submit(req, res, secretForm, async () => {
      const { id } = await channelOf(req);
      const version = readVersion(req.body);
      const renewed = await renewWebhookSecret(services, actorOf(req), { id, version });
      await showChannels(req, res, { ...renewed, isRenewed: true });
      return null;
    }),
  );

  const deleteForm = { view: 'channels/delete', model: deleteModel };
  router.get('/:id/delete', allow('admin'), (req, res) => showForm(req, res, deleteForm));
  router.post('/:id/delete', allow('admin'), (req, res) =>
    submit(req, res, deleteForm, async () => {
      const { id } = await channelOf(req);
      await deleteChannel(services, actorOf(req), { id, version: readDeletion(req.body) });
      return '?done=deleted';
    }),
  );

  async function showChannels(
    req: Request,
    res: Response,
    made: MadeSecret | null = null,
  ): Promise<void> {
    const { format, t } = res.locals;
    const { timezone } = settings.current();
    const reader = { now: now(), timezone, format, t };
    const channels = await listChannels(store.db);
    const last = await store.reader.snapshot(async (db) => {
      const rows: Awaited<ReturnType<typeof lastDeliveryTo>>[] = [];
      // A snapshot is one connection, which answers one after the other.
      for (const { id } of channels) rows.push(await lastDeliveryTo(db, store.engine, id));
      return rows;
    });
    const role = req.viewer?.role ?? 'viewer';
    res.render('channels/index', {
      channels: channels.map((channel, index) => {
        const row = last[index];
        return { ...channel, last: row ? deliveryView(row, reader) : null };
      }),
      rights: { change: includesRole(role, 'admin'), test: includesRole(role, 'operator') },
      made,
      timezone,
      done: (await testedNotice(req, res)) ?? doneNotice(req, res, 'channels'),
    });
  }

  /** How a test went that somebody has just asked for. */
  async function testedNotice(req: Request, res: Response): Promise<Notice | null> {
    const { t } = res.locals;
    const { tested } = req.query;
    if (typeof tested !== 'string' || !/^[\w-]{1,64}$/.test(tested)) return null;
    const row = await findDelivery(store.db, store.engine, tested);
    if (row?.source_kind !== 'test') return null;
    const name = row.channel_name;
    if (row.state === 'sent') {
      const [what, means] = [t('channels.tested', { name }), t('channels.tested_look')];
      return { tone: 'ok', name: 'tested', what, means, now: null };
    }
    if (row.last_error === null) {
      const what = t('channels.test_under_way', { name });
      return { tone: 'warn', name: 'test_under_way', what, means: null, now: null };
    }
    const { what, now, said } = failureView(row.last_error, t);
    return {
      tone: 'danger',
      name: 'test_failed',
      what: t('channels.test_failed', { name }),
      means: said ? `${what} ${t('deliveries.said', { said })}` : what,
      now,
    };
  }

  /** @throws RequestError `not_found` */
  async function channelOf(req: Request): Promise<Channel> {
    const channel = await findChannel(store.db, rowId(req));
    if (!channel) throw new RequestError('not_found', { subject: 'channel' });
    return channel;
  }

  async function newModel(req: Request) {
    const asked = req.body === undefined ? req.query.kind : typedText(req.body, 'kind');
    const kind = isChannelKind(asked) ? asked : null;
    return { kind, formId: randomUUID(), again: { addresses: '', chat_id: '' } };
  }

  /** The channel, and the version that the form was made for: it stays a conflict when it was one. */
  async function seenModel(req: Request): Promise<{ channel: Channel; version: number }> {
    const channel = await channelOf(req);
    return { channel, version: sentVersion(req) ?? channel.version };
  }

  async function editModel(req: Request) {
    const seen = await seenModel(req);
    const target = await targetOf(store.db, seal, seen.channel.id);
    // Everybody's addresses are known to admins; all else is a secret.
    const addresses = target?.kind === 'email' ? target.to.join('\n') : '';
    return { ...seen, kind: seen.channel.kind, again: { addresses, chat_id: '' } };
  }

  async function secretModel(req: Request) {
    const seen = await seenModel(req);
    if (seen.channel.kind !== 'webhook') throw new RequestError('not_found');
    return seen;
  }

  async function deleteModel(req: Request) {
    const seen = await seenModel(req);
    return { ...seen, ...(await countNaming(store.db, seen.channel.id)) };
  }

  interface Form {
    view: string;
    model(req: Request): Promise<{
      channel?: Channel;
      again?: Pick<ChannelFormAgain, 'addresses' | 'chat_id'>;
    }>;
  }

  /** Does what the form is for and goes on from there; else the form comes back, saying why. */
  function submit(
    req: Request,
    res: Response,
    form: Form,
    work: () => Promise<string | null>,
  ): Promise<void> {
    return answerForm(
      req,
      res,
      async () => {
        const path = await work();
        if (path !== null) redirect(res, path);
      },
      (problem) => showForm(req, res, form, problem),
    );
  }

  async function showForm(
    req: Request,
    res: Response,
    form: Form,
    problem: FormProblem | null = null,
  ): Promise<void> {
    const model = await form.model(req);
    const { channel, again = { addresses: '', chat_id: '' } } = model;
    const otherwise = {
      name: channel?.name ?? '',
      locale: channel?.locale ?? res.locals.locale,
      ...again,
    };
    res.render(form.view, {
      problem,
      kinds: CHANNEL_KINDS,
      targetFields: TARGET_FIELDS,
      nameMax: NAME_MAX,
      ...model,
      form: formAgain(req.body, otherwise),
    });
  }

  return router;
}

/** @param path below the list of channels. */
function redirect(res: Response, path: string): void {
  res.redirect(303, `${res.locals.basePath}/admin/alerts/channels${path}`);
}
