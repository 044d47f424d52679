import type { ScriptPart } from './script.js';

/** What there is to say of a warehouse whose rights are those of a file. Pure. */
export function buildFileAdvice(file: string): ScriptPart {
  const quoted = `'${file.replaceAll("'", `'\\''`)}'`;
  return {
    role: 'file',
    why: [
      'This database is a file: who may read it reads all of it, the ledger and rejected rows too, and who may write it',
      'may write all of it. There are no roles to grant to. As its owner, with a group for whoever runs scorehouse:',
      `  chgrp scorers ${quoted}`,
      `  chmod 660 ${quoted}`,
      'The folder has to be writable for that group too (chmod 2770), since the log of changes is made beside the file.',
      'Give readers a copy, or a folder that they may enter and a file that they may only read (chmod 640).',
    ],
    statements: [],
  };
}
