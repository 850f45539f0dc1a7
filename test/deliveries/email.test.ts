import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import type { SMTPServerOptions } from 'smtp-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SmtpServer } from '../../src/deliveries/mail-config.ts';
import type { Message } from '../../src/deliveries/message.ts';
import type { Outgoing } from '../../src/deliveries/outgoing.ts';
import { createSender, type SenderOptions } from '../../src/deliveries/send.ts';
import { byTag, readHtml, seenText } from '../support/html.ts';
import { DOT, sampleDeliveries } from '../support/sample-deliveries.ts';
import { CERTIFICATE, smtpReceiver } from '../support/smtp-receiver.ts';
import { failure } from './failed.ts';

const NEVER = new AbortController().signal;
const FROM = { name: 'Panel de uso', address: 'panel@example.com' };
const samples = sampleDeliveries();

function mailSender(server: SmtpServer, options: Partial<SenderOptions> = {}) {
  const config = { mail: { server, from: FROM }, deliveryAllowNetworks: [] };
  const sender = createSender({ config, smtpCa: CERTIFICATE, ...options });
  return (to: readonly string[], delivery: Outgoing = samples.opened, signal = NEVER) =>
    sender.send({ kind: 'email', to }, delivery, signal);
}

function withMessage(message: Partial<Message>): Outgoing {
  const { opened } = samples;
  const content = { ...opened.content, message: { ...opened.content.message, ...message } };
  return { ...opened, content };
}

async function received(delivery: Outgoing) {
  const server = await smtpReceiver();
  await mailSender(server.smtp)(['ana@example.com', 'luis@example.com'], delivery);
  const [mail] = server.received;
  if (!mail) throw new Error('nothing came');
  return mail;
}

describe('a mail', () => {
  test('comes from the panel, for all, encrypted where the server offers that', async () => {
    const { to, isSecure, mail } = await received(samples.opened);
    expect(to).toEqual(['ana@example.com', 'luis@example.com']);
    expect(isSecure).toBe(true);
    expect(mail.from).toMatchObject(FROM);
    expect(mail.subject).toBe('[Crítico] Saldo para menos de 1 día en Cabinas CDMX');
    expect(Date.parse(mail.date ?? '')).toBe(Date.parse('2026-03-08T03:20:30Z'));
  });

  test('is known by the id of its delivery, and starts no answering machines', async () => {
    const { mail } = await received(samples.opened);
    const header = (name: string) => mail.headers.find(({ key }) => key === name)?.value;
    expect(mail.messageId).toBe(`<${samples.opened.id}@example.com>`);
    expect(header('auto-submitted')).toBe('auto-generated');
    expect(header('x-entity-ref-id')).toBe('4f1c9a52-0000-4000-8000-000000000001');
  });

  test('of an incident is in one thread with the others of it; a report is in none', async () => {
    const thread = '<incident.4f1c9a52-0000-4000-8000-000000000001@example.com>';
    for (const delivery of [samples.opened, samples.resolved]) {
      const { mail } = await received(delivery);
      expect(mail).toMatchObject({ inReplyTo: thread, references: thread });
    }
    const { mail } = await received(samples.report);
    expect(mail.inReplyTo).toBeUndefined();
    expect(mail.references).toBeUndefined();
  });

  test('says in HTML what there is to say, and how serious it is', async () => {
    const { mail } = await received(samples.opened);
    const page = readHtml(mail.html ?? '');
    expect(page.children.length).toBeGreaterThan(0);
    expect(byTag(page, 'html')[0]?.attributes.lang).toBe('es');
    expect(byTag(page, 'span').map(seenText)).toEqual(['Crítico']);
    expect(byTag(page, 'h1').map(seenText)).toEqual(['Saldo para menos de 1 día en Cabinas CDMX']);
    expect(byTag(page, 'tr').map(seenText)[0]).toMatch(/^Saldo ?\$4\.12$/);
    expect(byTag(page, 'a').map(({ attributes }) => attributes.href)).toEqual([
      'https://fal.ai/dashboard/billing',
      'https://panel.example.com/futurelab_ai/admin/alerts/incidents/4f1c',
    ]);
    expect(byTag(page, 'script')).toEqual([]);
    expect(byTag(page, 'link')).toEqual([]);
  });

  test('has its tables and its picture in the HTML, with words in its place', async () => {
    const { mail } = await received(samples.report);
    const page = readHtml(mail.html ?? '');
    const [image] = byTag(page, 'img');
    const [attachment] = mail.attachments;
    expect(image?.attributes).toMatchObject({ alt: DOT.alt, width: '584', height: '220' });
    expect(attachment).toMatchObject({ mimeType: 'image/png', disposition: 'inline' });
    expect(image?.attributes.src).toBe(`cid:${attachment?.contentId?.replace(/^<|>$/g, '')}`);
    const png = Buffer.from(attachment?.content as ArrayBuffer);
    expect(png.toString('base64')).toBe(DOT.png);
    expect(byTag(page, 'caption').map(seenText)).toEqual(['Por modelo', 'Próximos eventos']);
    const numbers = byTag(page, 'td').filter(({ attributes }) =>
      /nowrap/.test(attributes.style ?? ''),
    );
    expect(numbers.map(seenText)).toContain('$11.29');
  });

  test('is as good in plain text', async () => {
    const { mail } = await received(samples.report);
    expect(mail.text?.trimEnd().split('\n')).toEqual([
      'Reporte: Sábado 7 de marzo: $14.85 en 1,212 llamadas',
      '',
      'Un 12% más que el sábado anterior ($13.26). El modelo que más gastó fue gemini-3-pro-image-preview/edit.',
      '',
      'Costo: $14.85',
      'Llamadas: 1,212',
      'Fallos: 9 (0.7%)',
      'Saldo: $37.76',
      'Alcanza: 2 a 3 días',
      '',
      DOT.alt,
      '',
      'Por modelo',
      'Modelo                                Llamadas   Costo   Antes',
      '────────────────────────────────────  ────────  ──────  ──────',
      'fal-ai/gemini-3-pro-image-preview/e…       301  $11.29  $10.02',
      'fal-ai/fast-sdxl                           804   $2.41   $2.20',
      'fal-ai/esrgan                               95   $0.95   $1.04',
      'fal-ai/birefnet/v2                          12   $0.20       —',
      '',
      'Próximos eventos',
      'Evento           Cuándo         ¿Alcanza?',
      '───────────────  ─────────────  ──────────────',
      'XV años Valeria  sáb 14, 18:00  Sí, por $9',
      'Congreso Médico  lun 16, 09:00  No: faltan $22',
      '',
      'Abrir el reporte:',
      'https://panel.example.com/futurelab_ai/admin/reports/2026-03-07',
      'Ver el uso:',
      'https://panel.example.com/futurelab_ai/admin/usage?period=2026-03-07',
      '',
      '-- ',
      'Panel de uso de fal.ai · Reporte diario de las 08:00 (America/Mexico_City).',
    ]);
  });

  test('has a long table’s beginning, so that no mail client cuts the rest', async () => {
    const [table] = samples.report.content.message.tables;
    if (!table) throw new Error('the sample has no table');
    const rows = Array.from({ length: 200 }, () => ['fal-ai/fast-sdxl', '804', '$2.41', '$2.20']);
    const { mail } = await received(withMessage({ tables: [{ ...table, rows }] }));
    const html = mail.html ?? '';
    const cells = byTag(readHtml(html), 'td').map(seenText);
    expect(cells.filter((cell) => cell === 'fal-ai/fast-sdxl')).toHaveLength(40);
    expect(cells.at(-1)).toBe('…');
    expect(html.length).toBeLessThan(102_400);
    expect(mail.text?.match(/fast-sdxl/g)).toHaveLength(40);
  });

  test('takes no headers from what it tells', async () => {
    const { raw, mail } = await received(
      withMessage({
        title: 'x\r\nBcc: eva@example.com\r\n\r\n<h1>y',
        text: ['\r\n.\r\nMAIL FROM:<eva@example.com>\r\n', '.'],
        image: { ...DOT, alt: '"\r\nX-Evil: 1' },
      }),
    );
    expect(raw).not.toMatch(/^(?:Bcc|X-Evil):/im);
    expect(mail.subject).toBe('[Crítico] x Bcc: eva@example.com <h1>y');
    expect(mail.bcc ?? []).toEqual([]);
    expect(mail.text).toContain('\nMAIL FROM:<eva@example.com>\n');
  });

  test.each([
    'ana@example.com\r\nBcc: eva@example.com',
    'a@b.example, eva@example.com',
    'ana',
    '<a@b>',
  ])('goes to no address that is more or less than one: %j', async (address) => {
    const server = await smtpReceiver();
    const error = await failure(mailSender(server.smtp)(['ana@example.com', address]));
    expect(error).toMatchObject({ code: 'refused', isFinal: true });
    expect(server.received).toEqual([]);
  });

  test('can be read whatever it says', { timeout: 120_000 }, async () => {
    const server = await smtpReceiver({ hideSTARTTLS: true });
    const send = mailSender(server.smtp);
    const anyText = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
    );
    await fc.assert(
      fc.asyncProperty(anyText, anyText, anyText, async (title, text, value) => {
        server.received.length = 0;
        await send(
          ['ana@example.com'],
          withMessage({ title, text: [text], facts: [{ label: 'x', value }] }),
        );
        const [{ mail, to } = { mail: null, to: [] }] = server.received;
        expect(to).toEqual(['ana@example.com']);
        expect(mail?.messageId).toBe(`<${samples.opened.id}@example.com>`);
        expect(byTag(readHtml(mail?.html ?? ''), 'h1')).toHaveLength(1);
        expect(mail?.text).toMatch(/^Crítico: /);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a server', () => {
  test('that speaks TLS from the start is spoken to so', async () => {
    const server = await smtpReceiver({ secure: true });
    await mailSender(server.smtp)(['ana@example.com']);
    expect(server.received).toMatchObject([{ isSecure: true }]);
  });

  test('that nobody vouches for gets nothing', async () => {
    for (const secure of [true, false]) {
      const server = await smtpReceiver({ secure });
      const sender = createSender({
        config: { mail: { server: server.smtp, from: FROM }, deliveryAllowNetworks: [] },
      });
      const sending = sender.send(
        { kind: 'email', to: ['ana@example.com'] },
        samples.opened,
        NEVER,
      );
      expect(await failure(sending)).toMatchObject({ code: 'unreachable', isFinal: false });
      expect(server.received).toEqual([]);
    }
  });

  test('that asks for a password gets it encrypted', async () => {
    const server = await smtpReceiver({ authOptional: false });
    const signIn = { user: 'panel', password: 'hush-hush' };
    await mailSender({ ...server.smtp, signIn })(['ana@example.com']);
    expect(server.received).toMatchObject([{ isSecure: true, user: 'panel' }]);
  });

  test('that does not take the password is told of, and the password is not', async () => {
    const server = await smtpReceiver();
    const signIn = { user: 'panel', password: 'not-the-one' };
    const error = await failure(mailSender({ ...server.smtp, signIn })(['ana@example.com']));
    expect(error).toMatchObject({ code: 'refused', isFinal: false });
    expect(error.message).toBe('localhost does not take the user and password of SMTP_URL (535)');
  });

  test('elsewhere that offers no encryption gets no password', async () => {
    const commands: string[] = [];
    const port = await talking((line, say) => {
      commands.push(line);
      if (/^EHLO/.test(line)) say('250-hi\r\n250 AUTH PLAIN LOGIN');
      else if (/^STARTTLS/.test(line)) say('502 no');
      else say('250 ok');
    });
    // Any name but those of this machine: `127.1` is one way to write it that is not known as such.
    const smtp = { host: '127.1', port, isSecure: false, signIn: { user: 'a', password: 'hush' } };
    expect((await failure(mailSender(smtp)(['ana@example.com']))).code).toBe('unreachable');
    expect(commands.join('\n')).not.toMatch(/AUTH|MAIL/);
  });

  const refusing = (code: number, text: string, who = /./): SMTPServerOptions => ({
    onRcptTo: ({ address }, _, done) =>
      who.test(address) ? done(Object.assign(new Error(text), { responseCode: code })) : done(),
  });

  test.each([
    [550, '5.1.1 no such user', 'refused', true],
    [451, '4.7.1 greylisted, try again in 5 minutes', 'unavailable', false],
    [530, '5.7.0 authentication required', 'refused', false],
  ])('that answers %i %s is understood: %s, final: %s', async (status, text, code, isFinal) => {
    const server = await smtpReceiver(refusing(status, text));
    const error = await failure(mailSender(server.smtp)(['ana@example.com']));
    expect(error).toMatchObject({ code, isFinal });
    expect(error.message).toBe(`the mail server answered: ${status} ${text}`);
  });

  test('that repeats an address is told of without more of it than pages show', async () => {
    const text = '5.1.1 <Ana@Example.com>: Recipient address rejected';
    const server = await smtpReceiver(refusing(550, text));
    const error = await failure(mailSender(server.smtp)(['ana@example.com', 'na@example.com']));
    const said = '550 5.1.1 <A…@Example.com>: Recipient address rejected';
    expect(error.message).toBe(`the mail server answered: ${said}`);
  });

  test('that takes it the second time has it once', async () => {
    let attempts = 0;
    const server = await smtpReceiver({
      onRcptTo: (_, __, done) => {
        attempts += 1;
        if (attempts > 1) done();
        else done(Object.assign(new Error('greylisted'), { responseCode: 451 }));
      },
    });
    const send = mailSender(server.smtp);
    expect((await failure(send(['ana@example.com']))).isFinal).toBe(false);
    await send(['ana@example.com']);
    expect(server.received).toHaveLength(1);
  });

  test('that takes it for some gets it for the others alone the next time', async () => {
    let isRefusing = true;
    const server = await smtpReceiver({
      onRcptTo: ({ address }, _, done) =>
        isRefusing && address.startsWith('luis')
          ? done(Object.assign(new Error('busy'), { responseCode: 450 }))
          : done(),
    });
    const send = mailSender(server.smtp);
    const error = await failure(send(['ana@example.com', 'luis@example.com']));
    expect(error).toMatchObject({ code: 'unavailable', isFinal: false });
    expect(error.message).toBe('not for 1 of 2: the mail server answered: 450 busy');
    isRefusing = false;
    await send(['ana@example.com', 'luis@example.com']);
    expect(server.received.map(({ to }) => to)).toEqual([
      ['ana@example.com'],
      ['luis@example.com'],
    ]);
    const [first, second] = server.received;
    expect(second?.mail.messageId).toBe(first?.mail.messageId);
    expect(second?.mail.to).toEqual(first?.mail.to);
  });

  test('that never takes it for some is told of, and not tried again', async () => {
    const server = await smtpReceiver(refusing(550, 'unknown', /^luis/));
    const error = await failure(mailSender(server.smtp)(['ana@example.com', 'luis@example.com']));
    expect(error).toMatchObject({ code: 'refused', isFinal: true });
    expect(server.received).toMatchObject([{ to: ['ana@example.com'] }]);
  });

  test.each([
    [552, 'refused', true],
    [452, 'unavailable', false],
  ])(
    'that refuses the whole mail with %i is %s, final: %s',
    async (responseCode, code, isFinal) => {
      const server = await smtpReceiver({
        onData(stream, _, done) {
          stream.resume();
          stream.on('end', () => done(Object.assign(new Error('too much'), { responseCode })));
        },
      });
      const error = await failure(mailSender(server.smtp)(['ana@example.com']));
      expect(error).toMatchObject({ code, isFinal });
    },
  );

  test('that turns everybody away may change its mind', async () => {
    const port = await talking(() => {}, '554 no service here');
    const smtp = { host: 'localhost', port, isSecure: false, signIn: null };
    expect(await failure(mailSender(smtp)(['ana@example.com']))).toMatchObject({ isFinal: false });
  });

  test.each([
    ['says nothing', null, () => {}],
    ['stops after the greeting', '220 hi', () => {}],
    ['answers for ever', '220 hi', (_: string, __: Say, socket: Socket) => void forever(socket)],
  ])('that %s has timed out', async (_, greeting, answer) => {
    const port = await talking(answer, greeting);
    const smtp = { host: 'localhost', port, isSecure: false, signIn: null };
    const send = mailSender(smtp, { timeoutMs: 150 });
    expect(await failure(send(['ana@example.com']))).toMatchObject({
      code: 'timed_out',
      isFinal: false,
      message: 'localhost did not answer in time',
    });
  });

  test('that hangs up, or is not there, is unreachable', async () => {
    const port = await talking((_, __, socket) => socket.destroy());
    const smtp = { host: 'localhost', port, isSecure: false, signIn: null };
    expect((await failure(mailSender(smtp)(['ana@example.com']))).code).toBe('unreachable');
    const nobody = await failure(mailSender({ ...smtp, port: 1 })(['ana@example.com']));
    expect(nobody.message).toBe("localhost can't be reached (ECONNREFUSED)");
  });

  test('that never says goodbye has the mail nevertheless', async () => {
    const port = await talking((line, say) => {
      if (line === 'DATA') say('354 go on');
      else if (/^(?:EHLO|MAIL|RCPT)/.test(line) || line === '.') say('250 ok');
    });
    const smtp = { host: 'localhost', port, isSecure: false, signIn: null };
    await mailSender(smtp)(['ana@example.com']);
  });

  test('is left when the panel stops', async () => {
    const port = await talking(() => {}, null);
    const stop = new AbortController();
    const smtp = { host: 'localhost', port, isSecure: false, signIn: null };
    const sending = mailSender(smtp)(['ana@example.com'], samples.opened, stop.signal);
    setTimeout(() => stop.abort(new Error('stopping')), 20);
    await expect(sending).rejects.toThrow('stopping');
  });
});

type Say = (line: string) => void;

/** A server that answers line by line, as no real one does. @returns its port. */
async function talking(
  answer: (line: string, say: Say, socket: Socket) => void,
  greeting: string | null = '220 hi',
): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const say: Say = (line) => void socket.write(`${line}\r\n`);
    if (greeting) say(greeting);
    socket.on('data', (data) => {
      for (const line of data.toString().split('\r\n').filter(Boolean)) answer(line, say, socket);
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** One line of an answer after the other, and never the last. */
function forever(socket: Socket): void {
  const timer = setInterval(() => socket.write('250-more\r\n'), 5);
  socket.on('close', () => clearInterval(timer));
}
