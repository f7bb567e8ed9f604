/** Steps of a student: a batch of pixels and what the teachers say of it in, moved weights and running statistics out. */
import { encodeModel, input, type OpenSession, type Session, type Tensor, type TensorData } from "@nacre/graph";
import { askWeights } from "../pretrain/bare-scope.ts";
import { gradientOutputs, type Move, type Mover, openMover } from "../pretrain/mover.ts";
import { countOf } from "../train/initialise.ts";
import { copyWeights } from "../train/state.ts";
import { imitationLoss, imitationWeights, saidOf, type TeacherFacts } from "./imitate.ts";
import { fixedStudent, passBatch, type Running, type StudentShape, studentWeights } from "./student.ts";

export interface StudentLearner {
  /** Numbers that the encoder keeps. */
  readonly parameters: number;
  /** One step; answers its loss before it. `pixels` [b, 3, crop, crop], `taught` [b, d_t] of each teacher. */
  step(pixels: Float32Array, taught: readonly Float32Array[], move: Move): Promise<number>;
  /** The student as it is used, with the linear map of each teacher behind it: `features`, and `said.<t>`. */
  encode(withTeachers: boolean): Uint8Array;
  close(): Promise<void>;
}

export interface StudentSettings {
  readonly weightDecay: number;
  readonly batch: number;
  /** Side of what is seen in a step. */
  readonly crop: number;
  readonly seed: number;
  readonly threads: number;
}

/** What the running statistics keep of themselves in a step. */
const KEPT = 0.95;
const CLIP = 5;

export async function openStudent(
  shape: StudentShape,
  teachers: readonly TeacherFacts[],
  settings: StudentSettings,
  open: OpenSession,
): Promise<StudentLearner> {
  const { batch, crop, threads } = settings;
  const specs = [...studentWeights(shape), ...imitationWeights(shape.dim, teachers)];
  const { onnx, layers } = learningGraph(shape, teachers, settings);
  const session: Session = await open(onnx, { threads });
  const mover: Mover = await openMover(specs, { ...settings, clipNorm: CLIP, hasTeacher: false }, open);
  const running = runningStatistics(layers);
  return {
    parameters: studentWeights(shape).reduce((sum, spec) => sum + countOf(spec), 0),
    async step(pixels, taught, move) {
      const out = await mover.add(session, {
        ...mover.weights(),
        pixels: { data: pixels, dims: [batch, 3, crop, crop] },
        ...Object.fromEntries(taught.map((data, t) => [`taught.${t}`, { data, dims: [batch, data.length / batch] }])),
      });
      running.follow(out);
      await mover.move(move);
      return Number(out.loss?.data[0]);
    },
    encode(withTeachers) {
      const weights = copyWeights(mover.weights());
      const features = fixedStudent(shape, weights, running.now);
      const said = withTeachers ? saidOf(features, teachers, weights) : {};
      return encodeModel({ outputs: { features, ...said }, name: "student" });
    },
    async close() {
      await session.close();
      await mover.close();
    },
  };
}

function learningGraph(shape: StudentShape, teachers: readonly TeacherFacts[], { batch, crop }: StudentSettings) {
  const asking = askWeights([...studentWeights(shape), ...imitationWeights(shape.dim, teachers)]);
  const { features, statistics } = passBatch(shape, input("pixels", [batch, 3, crop, crop]), asking.weight);
  const loss = imitationLoss(features, teachers, asking.weight);
  const seen = [...statistics].flatMap(([name, { mean, variance }]): [string, Tensor][] => [
    [`${name}.mean`, mean],
    [`${name}.variance`, variance],
  ]);
  const outputs = { loss, ...Object.fromEntries(seen), ...gradientOutputs(loss, asking.asked()).outputs };
  return { onnx: encodeModel({ outputs, name: "distil" }), layers: [...statistics.keys()] };
}

/** Moving averages of what each batch had; the first batch as it was. */
function runningStatistics(layers: readonly string[]) {
  const now = new Map<string, { mean: Float32Array; variance: Float32Array }>();
  const moved = (old: Float32Array | undefined, { data }: TensorData): Float32Array =>
    Float32Array.from(data as Float32Array, (value, c) =>
      old === undefined ? value : KEPT * (old[c] as number) + (1 - KEPT) * value,
    );
  return {
    now: now as Running,
    follow(out: Readonly<Record<string, TensorData>>) {
      for (const name of layers) {
        const before = now.get(name);
        now.set(name, {
          mean: moved(before?.mean, out[`${name}.mean`] as TensorData),
          variance: moved(before?.variance, out[`${name}.variance`] as TensorData),
        });
      }
    },
  };
}
