import { isIPv4 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reachableAddresses } from '../../src/deliveries/reachable-addresses.ts';

const { isAllowed } = reachableAddresses([]);
const reaches = (address: string) => isAllowed('example.com', address);

test.each([
  ['0.0.0.0', '0.255.255.255', '1.0.0.0'],
  ['10.0.0.0', '10.255.255.255', '11.0.0.0', '9.255.255.255'],
  ['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
  ['127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
  ['168.63.129.16', '168.63.129.16', '168.63.129.15', '168.63.129.17'],
  ['169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
  ['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
  ['192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
  ['192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
  ['198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
  ['224.0.0.0', '255.255.255.255', '223.255.255.255'],
  ['::', '1fff:ffff::', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e'],
  ['2001::', '2001:1ff:ffff::', '2001:200::1', '2001:4860:4860::8888'],
  ['2002::', '2002:ffff::', '2003::1'],
  ['4000::', 'ffff::', '3ffe::1'],
])('what is from %s to %s is not public, and %s is', (first, last, ...beside) => {
  expect([first, last].map(reaches)).toEqual([false, false]);
  expect(beside.map(reaches)).toEqual(beside.map(() => true));
});

test('IPv4 in the clothes of IPv6 goes where IPv4 goes', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(reaches(`::ffff:${address}`)).toBe(reaches(address));
      expect(reaches(`64:ff9b::${address}`)).toBe(reaches(address));
      expect(reaches(`::${address}`)).toBe(false);
      expect(reaches(`64:ff9b:1::${address}`)).toBe(false);
    }),
  );
});

test('however IPv4 is written in a URL, it is the same address', () => {
  fc.assert(
    fc.property(fc.ipV4Extended(), (written) => {
      const host = URL.parse(`http://${written}/`)?.hostname ?? '';
      expect(isIPv4(host)).toBe(true);
    }),
  );
});

test('a network that is allowed is, and what is beside it is not', () => {
  const allowing = reachableAddresses(['10.20.0.0/16', 'fd00:1::/32', '192.168.1.9']);
  const allowed = ['10.20.0.1', '10.20.255.255', '192.168.1.9', 'fd00:1::9', '::ffff:10.20.0.1'];
  const refused = ['10.21.0.1', '192.168.1.10', 'fd00:2::9', '127.0.0.1', '64:ff9b::10.20.0.1'];
  const reaching = (address: string) => allowing.isAllowed('example.com', address);
  expect(allowed.filter(reaching)).toEqual(allowed);
  expect(refused.filter(reaching)).toEqual([]);
});

test('what is no address is not reached', () => {
  expect(
    ['', 'localhost', '1.2.3', '1.2.3.4.5', '1.2.3.4/8', 'fe80::1%eth0'].filter(reaches),
  ).toEqual([]);
});
