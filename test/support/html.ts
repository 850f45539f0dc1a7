/** An element as it stands in the page. */
export interface Element {
  tag: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly (Element | string)[];
}

const VOID = new Set(['br', 'hr', 'img', 'input', 'link', 'meta', 'wbr']);
const TOKEN =
  /<!--.*?-->|<!doctype[^>]*>|<(?<close>\/?)(?<tag>[a-z][\w-]*)(?<attributes>(?:"[^"]*"|[^">])*?)(?<empty>\/?)>|(?<text>[^<]+)/gis;
const ATTRIBUTE = /([^\s="/]+)(?:\s*=\s*"([^"]*)")?/g;

/**
 * Reads a page of ours, whose views close what they open and quote their attributes.
 * @throws Error where one does not.
 */
export function readHtml(html: string): Element {
  const root = { tag: '', attributes: {}, children: [] as (Element | string)[] };
  const open = [root];
  let read = 0;
  for (const { 0: token, index, groups = {} } of html.matchAll(TOKEN)) {
    if (index !== read) throw new Error(`not HTML: ${html.slice(read, read + 80)}`);
    read = index + token.length;
    const { close, attributes = '', empty, text } = groups;
    const tag = groups.tag?.toLowerCase();
    const parent = open.at(-1) ?? root;
    if (text !== undefined) parent.children.push(unescaped(text));
    else if (tag && close) {
      if (parent.tag !== tag) throw new Error(`</${tag}> closes <${parent.tag}>`);
      open.pop();
    } else if (tag) {
      const element = { tag, attributes: attributesOf(attributes), children: [] };
      parent.children.push(element);
      if (!empty && !VOID.has(tag)) open.push(element);
    }
  }
  if (read !== html.length || open.length > 1) throw new Error(`<${open.at(-1)?.tag}> stays open`);
  return root;
}

/** Those that are as wanted, in reading order. */
export function elements(root: Element, isWanted: (element: Element) => boolean): Element[] {
  return root.children.flatMap((child) => {
    if (typeof child === 'string') return [];
    return [...(isWanted(child) ? [child] : []), ...elements(child, isWanted)];
  });
}

export function byTag(root: Element, tag: string): Element[] {
  return elements(root, (element) => element.tag === tag);
}

export function byClass(root: Element, name: string): Element[] {
  return elements(root, (element) => isOf(element, name));
}

/** What can be seen of it. */
export function seenText(element: Element): string {
  if (isOf(element, 'visually-hidden')) return '';
  const texts = element.children.map((child) =>
    typeof child === 'string' ? child : seenText(child),
  );
  return texts.join('').replaceAll(/\s+/g, ' ').trim();
}

export function isOf({ attributes }: Element, name: string): boolean {
  return (attributes.class ?? '').split(/\s+/).includes(name);
}

function attributesOf(written: string): Record<string, string> {
  return Object.fromEntries(
    [...written.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name, unescaped(value)]),
  );
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, code, name) =>
    code ? String.fromCodePoint(Number(code)) : (NAMED[name] ?? whole),
  );
}
