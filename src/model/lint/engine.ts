import { operatorOf } from '../wiring.js';
import type { LintFinding, LintRule } from './finding.js';
import { MICROSOFT_OPERATORS } from './microsoft.js';

/** What the onnxruntime that this program brings along takes; a test asks it. */
export const ENGINE = {
  version: '1.30',
  irVersion: 13,
  /** The latest version of the operators of each domain; operators of other domains are not run. */
  opsets: { '': 26, 'ai.onnx.ml': 5, 'com.microsoft': 1 },
} as const satisfies { version: string; irVersion: number; opsets: Record<string, number> };

type Domain = keyof typeof ENGINE.opsets;

/** The oldest version of ONNX' own operators that onnxruntime promises to run as they were meant. */
const OLDEST_OPSET = 7;

export const lintVersions: LintRule = ({ model }) => {
  const found: LintFinding[] = [];
  if (model.irVersion > ENGINE.irVersion) {
    found.push({
      code: 'ir-version',
      severity: 'error',
      where: `IR version ${model.irVersion}`,
      message: `onnxruntime ${ENGINE.version} reads IR versions up to ${ENGINE.irVersion} and does not open this one.`,
      fix: `Set model.ir_version = ${ENGINE.irVersion} before saving, or export with an older onnx package.`,
    });
  }
  if (model.opsets.size === 0) {
    found.push({
      code: 'no-opset',
      severity: 'error',
      where: 'opset_import',
      message: 'The model does not say which version of the operators it means.',
      fix: 'Export it again; the file has lost a part.',
    });
  }
  for (const [domain, version] of model.opsets) {
    const latest: number | undefined = ENGINE.opsets[domain as Domain];
    if (latest !== undefined && version > latest) found.push(newerOpset(domain, version, latest));
  }
  const own = model.opsets.get('');
  if (own !== undefined && own < OLDEST_OPSET) {
    found.push({
      code: 'old-opset',
      severity: 'warning',
      where: `opset ${own}`,
      message: `onnxruntime promises to run opsets from ${OLDEST_OPSET} on; older operators may compute something else.`,
      fix: 'Export with a target opset of 15 or so.',
    });
  }
  return found;
};

function newerOpset(domain: string, version: bigint, latest: number): LintFinding {
  return {
    code: 'opset',
    severity: 'error',
    where: `opset ${version} of ${domain === '' ? 'ai.onnx' : domain}`,
    message: `onnxruntime ${ENGINE.version} knows these operators up to opset ${latest} and does not open later ones.`,
    fix: `Export with target_opset={"${domain}": ${latest}} or less.`,
  };
}

export const lintOperators: LintRule = ({ model }) =>
  model.operators.flatMap(({ op, domain, count }): LintFinding[] => {
    if (model.functions.has(`${domain}:${op}`)) return [];
    if (domain === 'com.microsoft' ? MICROSOFT_OPERATORS.has(op) : Object.hasOwn(ENGINE.opsets, domain))
      return [];
    return [
      {
        code: 'unknown-operator',
        severity: 'error',
        where: operatorOf({ op, domain }),
        message: `${count === 1 ? 'One node needs' : `${count} nodes need`} an operator of a library of its own, and a model may load no code.`,
        fix: 'Export with the operators of ai.onnx and ai.onnx.ml, or do that step in the source query.',
      },
    ];
  });
