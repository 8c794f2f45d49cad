import { engine, keep } from '@tensorflow/tfjs-core';
import type { DataId, TypedArray, Variable } from '@tensorflow/tfjs-core';
import { arrayOfType } from '../array-of-type.ts';
import { collectGarbage } from '../collect-garbage.ts';
import { dataChanged, dataVersion } from '../data-version.ts';
import type { State } from '../graph.ts';
import { recorder } from '../recorder.ts';
import type { TensorId, TensorflowBinding } from './binding.ts';
import type { Session } from './create-session.ts';
import { tfType } from './element-types.ts';
import type { TensorflowProgram } from './write-graph.ts';

/** The value of a variable that lives with TensorFlow, found by the variable's data id. */
interface Residence {
  /** The value as a tensor that this residence goes on owning. */
  tensor(): TensorId;
  /** Nobody refers to the value any more. */
  leave(): void;
}

const residences = new WeakMap<DataId, Residence>();

const BYTES_PER_ELEMENT = 4;

/** Bytes of arrays for which collecting garbage at once is worth its time. */
const WORTH_COLLECTING = 32e6;

export interface SessionVariables {
  /** Brings into the session what has changed outside of it. To be called before each run. */
  load(): void;
  /**
   * Makes the session's values those of the variables that its graph assigns. To be called after
   * each run.
   */
  store(): void;
  /** Takes the values out of the session before it is released. */
  release(): void;
}

/**
 * Keeps the variables of one session and those of TensorFlow.js the same. A value stays in the
 * session in which it was computed; another session gets it by sharing the buffer, JavaScript by
 * copying it when somebody reads the variable.
 */
export function sessionVariables(
  states: readonly State[],
  { states: names, set }: Pick<TensorflowProgram, 'states' | 'set'>,
  session: Session,
  binding: TensorflowBinding,
): SessionVariables {
  /** What the session holds of each variable. */
  const held: { dataId: DataId; version: number }[] = [];
  /** Residences whose value the session holds, by state. */
  const residents = new Map<number, Residence & { moveTo(tensor: TensorId): void }>();
  let snapshot: TensorId[] | undefined;

  const values = (): TensorId[] =>
    (snapshot ??= session.run(
      [],
      [],
      names.map(({ read }) => read),
    ));
  const forgetSnapshot = () => {
    snapshot?.forEach((id) => binding.deleteTensor(id));
    snapshot = undefined;
  };

  const isHeld = ({ dataId }: Variable, i: number) =>
    held[i]?.dataId === dataId && held[i].version === dataVersion(dataId);

  /**
   * A tensor whose memory is TensorFlow's: a session may keep it beyond the JavaScript array that
   * it was made of.
   */
  const upload = (variable: Variable): TensorId => {
    const dtype = tfType(variable.dtype);
    const array = arrayOfType(variable.dataSync(), variable.dtype);
    const borrowed = binding.createTensor(variable.shape, dtype, array);
    const [{ id }] = binding.executeOp(
      'DeepCopy',
      [{ name: 'T', type: binding.TF_ATTR_TYPE, value: dtype }],
      [borrowed],
      1,
    );
    binding.deleteTensor(borrowed);
    return id;
  };

  const isResident = ({ dataId }: Variable) =>
    residences.has(dataId) && engine().state.tensorInfo.get(dataId)?.backend === recorder();

  /** Lets `variable` refer to the session's value. */
  const settle = (variable: Variable, i: number) => {
    let own: TensorId | undefined;
    const residence = {
      tensor: () => own ?? values()[i],
      leave() {
        if (own !== undefined) binding.deleteTensor(own);
        if (residents.get(i) === residence) residents.delete(i);
      },
      moveTo(tensor: TensorId) {
        own = tensor;
        residents.delete(i);
      },
    };
    residents.set(i, residence);
    const read = () => binding.tensorDataSync(residence.tensor()) as TypedArray;
    const holder = recorder().device(variable.shape, variable.dtype, read, residence.leave);
    residences.set(holder.dataId, residence);
    // Not variable.assign: that would fetch the numbers over to the current backend. The variable
    // takes the holder's place instead.
    engine().disposeTensor(variable);
    variable.dataId = keep(holder).dataId;
  };

  /** Lets the residences of these states have tensors of their own. */
  const partWith = (...indices: number[]) => {
    const leaving = indices.flatMap((i) => {
      const resident = residents.get(i);
      return resident ? [[i, resident] as const] : [];
    });
    if (leaving.length === 0) return;
    const all = values();
    snapshot = undefined;
    for (const [i, resident] of leaving) resident.moveTo(all[i]);
    const gone = new Set(leaving.map(([i]) => i));
    all.forEach((id, i) => {
      if (!gone.has(i)) binding.deleteTensor(id);
    });
  };

  return {
    load() {
      states.forEach(({ variable: { dataId }, next }, i) => {
        // Another variable to which this one was assigned keeps the value that it has now.
        if (next && recorder().refCount(dataId) > 1) partWith(i);
      });
      const stale = states.map(({ variable }, i) => !isHeld(variable, i));
      if (stale.includes(true)) {
        const borrowed: TensorId[] = [];
        const incoming = states.map(({ variable }, i) => {
          if (!stale[i]) return values()[i];
          if (isResident(variable)) return residences.get(variable.dataId)!.tensor();
          const id = upload(variable);
          borrowed.push(id);
          return id;
        });
        const placeholders = names.map(({ placeholder }) => placeholder);
        for (const id of [...borrowed, ...session.run(incoming, placeholders, [set])]) binding.deleteTensor(id);
        // The session has the numbers: the arrays that they came in can go, rather than take room
        // until the variables are assigned.
        let left = 0;
        states.forEach(({ variable, next }, i) => {
          if (next && stale[i] && !isResident(variable)) {
            left += variable.size * BYTES_PER_ELEMENT;
            settle(variable, i);
          }
          held[i] = { dataId: variable.dataId, version: dataVersion(variable.dataId) };
        });
        if (left >= WORTH_COLLECTING) collectGarbage();
      }
      forgetSnapshot();
    },
    store() {
      states.forEach(({ variable, next }, i) => {
        if (!next) return;
        const resident = residents.get(i);
        if (resident && residences.get(variable.dataId) === resident && isResident(variable))
          dataChanged(variable.dataId);
        else settle(variable, i);
        held[i] = { dataId: variable.dataId, version: dataVersion(variable.dataId) };
      });
    },
    release() {
      partWith(...residents.keys());
      forgetSnapshot();
    },
  };
}
