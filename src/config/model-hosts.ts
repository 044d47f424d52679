import * as z from 'zod';
import type { IssueLog } from './issues.js';
import { findUriFault, modelScheme } from './model-uri.js';
import type { Path } from './path.js';
import { listOf } from './scalars.js';
import type { WrittenTarget } from './target-schema.js';

const EXPECTED = 'a host like models.example.com, "*.corp.example" or models.example.com:8443';

const hostText = z
  .string({ error: `expected ${EXPECTED}` })
  .regex(/^(?:\*\.[A-Za-z0-9-]+\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d{1,5})?$/, {
    error: `expected ${EXPECTED}`,
  });

const privateHost = z.strictObject({
  host: hostText.describe('The host.'),
  private: z
    .boolean()
    .optional()
    .describe('True allows addresses of a private network (10.0.0.0/8 and the like); default false.'),
});

/** Hosts that models may come from. */
export const modelHostsSchema = listOf(
  z.union([hostText, privateHost], { error: `expected ${EXPECTED}` }),
  '[models.example.com]',
).describe('Hosts that https models may come from, *.name with all below that name; none where left out.');

/** What the project file says of a host. */
export type WrittenHost = z.output<typeof modelHostsSchema>[number];

/** True where the host of an address is listed as one of a private network. */
export function mayBePrivate(uri: string, hosts: readonly WrittenHost[]): boolean {
  if (modelScheme(uri) !== 'https') return false;
  const { host } = new URL(uri);
  return hosts.some((entry) => typeof entry !== 'string' && entry.private === true && covers(entry, host));
}

/**
 * Reports the models of a target that may not be fetched from where they are.
 *
 * @param hosts those listed; null where the project file does not tell
 */
export function reportModelUris(
  target: WrittenTarget,
  hosts: readonly WrittenHost[] | null,
  log: IssueLog,
): void {
  for (const { path, uri, external_data: externalData } of listModels(target)) {
    const fault = findUriFault(uri);
    if (fault !== null) {
      log.add([...path, 'uri'], fault);
      continue;
    }
    if (modelScheme(uri) !== 'https') continue;
    const { host } = new URL(uri);
    if (hosts !== null && !hosts.some((entry) => covers(entry, host))) {
      log.add([...path, 'uri'], {
        message: `host ${host} is not among those that models may come from`,
        expected:
          hosts.length === 0
            ? `a line in scorehouse.yml: model_hosts: [${host}]`
            : `${host} in model_hosts of scorehouse.yml too`,
      });
    }
    if (externalData === true) {
      log.add([...path, 'external_data'], {
        message: 'a model from https is one file: there is none beside it',
        expected: 'false, or all its files in a folder and uri the path there',
      });
    }
  }
}

type ListedModel = NonNullable<WrittenTarget['model']> & { readonly path: Path };

function listModels({ model, models = [] }: WrittenTarget): readonly ListedModel[] {
  return [
    ...(model === undefined ? [] : [{ ...model, path: ['model'] }]),
    ...models.map((each, index) => ({ ...each, path: ['models', index] })),
  ];
}

/** Ports count: one that is not written is 443. */
function covers(entry: WrittenHost, host: string): boolean {
  const written = nameHost(entry).toLowerCase().replace(/:443$/, '');
  return written.startsWith('*.') ? host.endsWith(written.slice(1)) : host === written;
}

function nameHost(entry: WrittenHost): string {
  return typeof entry === 'string' ? entry : entry.host;
}
