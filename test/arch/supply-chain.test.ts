import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readText } from './named-tests.js';

interface Package {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
}

const manifest = JSON.parse(readText('package.json'));
const lock: Readonly<Record<string, Package>> = JSON.parse(readText('package-lock.json')).packages;

describe('the project', () => {
  it('pins every dependency to one version', () => {
    const all = Object.entries<string>({ ...manifest.dependencies, ...manifest.devDependencies });
    assert.deepEqual(
      all.filter(([, version]) => !/^\d+\.\d+\.\d+[\w.-]*$/.test(version)),
      [],
    );
  });

  it('has a hash of every package and the address of none', () => {
    const packages = Object.entries(lock).filter(([path]) => path !== '');
    assert.ok(packages.length > 50);
    assert.deepEqual(
      packages.filter(
        ([, { integrity, resolved }]) => !integrity?.startsWith('sha512-') || resolved !== undefined,
      ),
      [],
    );
  });

  it('runs no install scripts', () => {
    assert.match(readText('.npmrc'), /^ignore-scripts=true$/m);
    assert.doesNotMatch(readText('.npmrc'), /registry|_auth/i);
  });
});
