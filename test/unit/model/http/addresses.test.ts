import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Reach, reachOf } from '../../../../src/model/http/addresses.js';

const ADDRESSES: Readonly<Record<Reach, readonly string[]>> = {
  public: [
    '93.184.215.14',
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '223.255.255.255',
    '2606:2800:21f:cb07:6820:80da:af6b:8b2c',
    '2a00:1450:4001:81c::200e',
  ],
  private: [
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '100.127.255.255',
    'fc00::1',
    'fd12:3456:789a::1',
  ],
  never: [
    '0.0.0.0',
    '0.1.2.3',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:93.184.215.14',
    '::127.0.0.1',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2002:a9fe:a9fe::1',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'fd00:ec2::254',
    'fd20:ce::254',
    '100::1',
    // No addresses, as a resolver gives them.
    '',
    'localhost',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
  ],
};

describe('where an address leads', () => {
  for (const [reach, addresses] of Object.entries(ADDRESSES)) {
    for (const address of addresses) {
      it(`${address || 'nothing'}: ${reach}`, () => assert.equal(reachOf(address), reach));
    }
  }
});
