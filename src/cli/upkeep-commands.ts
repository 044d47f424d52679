import { type CommandSpec, TARGET, TARGETS } from './command-spec.js';
import { PROJECT, SELECTION } from './options.js';

/** Commands that make good what went wrong, and tidy up. */
export const UPKEEP_COMMANDS: readonly CommandSpec[] = [
  {
    usage: 'reconcile [targets..]',
    summary: 'Find out how runs ended that could not say so (exit code 5, killed machines); drops nothing',
    positionals: TARGETS,
    options: { ...PROJECT, ...SELECTION },
    examples: [
      ['$0 reconcile churn', 'After exit code 5: was it published?'],
      ['$0 reconcile --json', 'All targets, for a script'],
    ],
    load: async () => (await import('./commands/reconcile.js')).reconcile,
  },
  {
    usage: 'redrive <target>',
    summary: 'Score again the rows that were rejected, and publish them beside all others',
    positionals: TARGET,
    options: {
      ...PROJECT,
      'dry-run': { type: 'boolean', default: false, describe: 'Plan only: writes nothing' },
    },
    examples: [
      ['$0 redrive churn', 'After their values were repaired'],
      ['$0 redrive churn --json', 'From a scheduler: NDJSON events, exit code'],
    ],
    load: async () => (await import('./commands/redrive.js')).redrive,
  },
  {
    usage: 'repair [targets..]',
    summary: 'Give readers what the ledger says is live: a view that is missing or was changed',
    positionals: TARGETS,
    options: { ...PROJECT, ...SELECTION },
    examples: [
      ['$0 repair churn', 'Somebody dropped the view: it is made again, nothing is scored'],
      ['$0 repair --json', 'All targets, for a script'],
    ],
    load: async () => (await import('./commands/repair.js')).repair,
  },
  {
    usage: 'gc [targets..]',
    summary: 'Remove what no run, rollback or promote can need any more; safe at any moment',
    positionals: TARGETS,
    options: {
      ...PROJECT,
      ...SELECTION,
      'dry-run': { type: 'boolean', default: false, describe: 'Only say what would go: writes nothing' },
      'keep-days': {
        type: 'number',
        default: 90,
        describe: 'Days that rejects are kept of runs that no version shows any more',
      },
    },
    examples: [
      ['$0 gc --dry-run', 'What is left over of dead and refused runs?'],
      ['$0 gc churn', 'Away with it'],
    ],
    load: async () => (await import('./commands/gc.js')).gc,
  },
];
