import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Response } from 'express';
import { ZipFile } from 'yazl';
import type { ExactNumber } from './csv.ts';
import { begun, sendDownload } from './download.ts';

/**
 * `null` is an empty cell. Texts are never formulas. A date-time is shown as its clock shows it: a
 * workbook knows no time zones.
 */
export type XlsxCell = string | number | ExactNumber | Temporal.PlainDateTime | null;

export interface XlsxColumn {
  header: string;
  kind: 'text' | 'time' | 'count' | 'money' | 'share';
}

export interface XlsxSheet {
  /** At most 31 characters, none of `[]:*?/\`. */
  name: string;
  columns: readonly XlsxColumn[];
  /** Asked for when the sheets before were written. */
  rows: AsyncIterable<readonly XlsxCell[]>;
}

export interface XlsxFile {
  /** As it is saved: plain characters only. */
  name: string;
  sheets: readonly [XlsxSheet, ...XlsxSheet[]];
  /** Rows a sheet may have below its header; more go on to another sheet. Excel's own limit. */
  maxRows?: number;
}

const MAX_ROWS = 1_048_575;

/**
 * Sends a workbook (ECMA-376) while it is made, as `sendCsv` sends a file: in constant memory, cut
 * off where it fails half-way. The first row is made before anything is sent.
 * @throws what `rows` throws.
 */
export async function sendXlsx(res: Response, file: XlsxFile): Promise<void> {
  const [first, ...others] = file.sheets;
  const sheets = [{ ...first, rows: await begun(first.rows) }, ...others];
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const writing = writeWorkbook(zip, output, sheets, file.maxRows ?? MAX_ROWS);
  writing.catch((error) => output.destroy(error));
  await sendDownload(res, {
    name: file.name,
    contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    content: output,
  });
}

async function writeWorkbook(
  zip: ZipFile,
  output: Readable,
  sheets: readonly XlsxSheet[],
  maxRows: number,
): Promise<void> {
  /** One part after the other: a part is read no faster than the zip is taken. */
  async function add(path: string, text: AsyncIterable<string> | Iterable<string>) {
    if (output.destroyed) throw new Error('nobody takes the workbook any more');
    const source = Readable.from(text);
    // Whoever takes the zip is gone: nothing would ever read this to its end.
    const drop = () => source.destroy();
    output.once('close', drop);
    zip.addReadStream(source, path);
    try {
      await finished(source);
    } finally {
      output.off('close', drop);
    }
  }

  const names: string[] = [];
  for (const { name, columns, rows } of sheets) {
    const iterator = rows[Symbol.asyncIterator]();
    try {
      let row = await iterator.next();
      for (let part = 1; part === 1 || !row.done; part += 1) {
        names.push(part === 1 ? name : `${name} ${part}`);
        async function* take() {
          for (let count = 0; count < maxRows && !row.done; count += 1) {
            yield row.value;
            row = await iterator.next();
          }
        }
        const xml = sheetXml(columns, names.length === 1, take());
        await add(`xl/worksheets/sheet${names.length}.xml`, xml);
      }
    } finally {
      await iterator.return?.();
    }
  }
  await add('xl/styles.xml', [STYLES]);
  await add('xl/workbook.xml', [workbookXml(names)]);
  await add('xl/_rels/workbook.xml.rels', [workbookRelations(names)]);
  await add('_rels/.rels', [PACKAGE_RELATIONS]);
  await add('[Content_Types].xml', [contentTypes(names)]);
  zip.end();
}

const PIECE_LENGTH = 32 * 1024;
const WIDTHS: Record<XlsxColumn['kind'], number> = {
  text: 32,
  time: 18,
  count: 12,
  money: 16,
  share: 10,
};

async function* sheetXml(
  columns: readonly XlsxColumn[],
  isSelected: boolean,
  rows: AsyncIterable<readonly XlsxCell[]>,
): AsyncGenerator<string> {
  const widths = columns.map(
    ({ kind }, index) =>
      `<col min="${index + 1}" max="${index + 1}" width="${WIDTHS[kind]}" customWidth="1"/>`,
  );
  let piece =
    `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView${isSelected ? ' tabSelected="1"' : ''} workbookViewId="0">` +
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' +
    `</sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData><row r="1">`;
  const letters = columns.map((_, index) => columnName(index + 1));
  columns.forEach(({ header }, index) => {
    piece += textCell(`${letters[index]}1`, header, STYLE.header);
  });
  piece += '</row>';
  let last = 1;
  for await (const row of rows) {
    last += 1;
    piece += `<row r="${last}">`;
    columns.forEach(({ kind }, index) => {
      piece += cellXml(`${letters[index]}${last}`, row[index] ?? null, kind);
    });
    piece += '</row>';
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
    await othersTurn();
  }
  const range = `A1:${letters.at(-1)}${last}`;
  yield `${piece}</sheetData><autoFilter ref="${range}"/></worksheet>`;
}

function cellXml(place: string, cell: XlsxCell, kind: XlsxColumn['kind']): string {
  if (cell === null) return '';
  const style = STYLE[kind];
  if (typeof cell === 'string') return textCell(place, cell, style);
  const digits =
    typeof cell === 'number' ? cell : 'digits' in cell ? cell.digits : serialTime(cell);
  return `<c r="${place}" s="${style}"><v>${digits}</v></c>`;
}

function textCell(place: string, text: string, style: number): string {
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`;
}

/** A cell holds at most 32,767 characters; what XML can't hold is written as `_x0000_` (ST_Xstring). */
function escapeXml(text: string): string {
  return (
    text
      .slice(0, 32_767)
      .toWellFormed()
      .replaceAll(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is meant.
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, asXstring)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

function asXstring(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
}

/** Days since 1899-12-30, as workbooks count them. */
function serialTime(time: Temporal.PlainDateTime): number {
  return time.toZonedDateTime('UTC').epochMilliseconds / 86_400_000 + 25_569;
}

/** 1 is A, 27 is AA. */
function columnName(column: number): string {
  const rest = Math.floor((column - 1) / 26);
  return (rest > 0 ? columnName(rest) : '') + String.fromCharCode(65 + ((column - 1) % 26));
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** Places in `cellXfs` below. */
const STYLE = { text: 0, header: 1, time: 2, count: 3, money: 4, share: 5 };
const STYLES =
  `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="3">` +
  '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>' +
  '<numFmt numFmtId="165" formatCode="#,##0.00#######"/>' +
  '<numFmt numFmtId="166" formatCode="0.0%"/></numFmts>' +
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>' +
  '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
  '<fills count="2"><fill><patternFill patternType="none"/></fill>' +
  '<fill><patternFill patternType="gray125"/></fill></fills>' +
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  '<cellXfs count="6">' +
  [
    [0, 0],
    [0, 1],
    [164, 0],
    [3, 0],
    [165, 0],
    [166, 0],
  ]
    .map(
      ([format, font]) =>
        `<xf numFmtId="${format}" fontId="${font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>`,
    )
    .join('') +
  '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';

const PACKAGE_RELATIONS =
  `${XML}<Relationships xmlns="${RELATIONS}">` +
  `<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

function workbookXml(names: readonly string[]): string {
  const sheets = names.map(
    (name, index) =>
      `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets.join('')}</sheets></workbook>`;
}

function workbookRelations(names: readonly string[]): string {
  const sheets = names.map(
    (_, index) =>
      `<Relationship Id="rId${index + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
  );
  const styles = `<Relationship Id="rId${names.length + 1}" Type="${OFFICE}/styles" Target="styles.xml"/>`;
  return `${XML}<Relationships xmlns="${RELATIONS}">${sheets.join('')}${styles}</Relationships>`;
}

function contentTypes(names: readonly string[]): string {
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const sheets = names.map(
    (_, index) =>
      `<Override PartName="/xl/worksheets/sheet${index + 1}.xml" ContentType="${type}.worksheet+xml"/>`,
  );
  return (
    `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    `<Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/>` +
    `<Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/>${sheets.join('')}</Types>`
  );
}
