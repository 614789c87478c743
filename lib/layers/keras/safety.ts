/** Safety check: model files must not contain code of their own. */
import { ModelFault } from './fault';
import { isRecord, shown } from './fields';

/**
 * Refuses descriptions that need code from elsewhere. Nothing from a file is ever executed here; this names the culprit
 * before anything is built.
 */
export function refuseForeignCode(config: unknown): void {
  const open: unknown[] = [config];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (isRecord(value) && typeof value.class_name === 'string') refuse(value);
    // One by one: a list from a file may be longer than a call may have arguments.
    for (const item of Object.values(value ?? {})) if (typeof item === 'object' && item !== null) open.push(item);
  }
}

function refuse(object: Record<string, unknown>): void {
  const { class_name: className, module, registered_name: registered } = object;
  const name = isRecord(object.config) ? object.config.name : undefined;
  const what = `${className}${name === undefined ? '' : ` ${shown(name)}`}`;
  if (className === 'Lambda' || className === '__lambda__') {
    throw new ModelFault(`${what} holds Python code, which is never executed; use a layer that Keras names instead`);
  }
  const foreign = typeof module === 'string' && module !== 'builtins' && !/^keras(?:\.|$)/.test(module);
  if (foreign || (typeof registered === 'string' && registered.includes('>') && !registered.startsWith('keras'))) {
    throw new ModelFault(
      `${what} is a custom object (module ${shown(module ?? null)}, registered as ${shown(registered ?? null)}), whose` +
        ' code is not in the file; only layers of Keras itself can be read',
    );
  }
}
