/** What a session with a device answers, as JSON; a process of its own, since the environment chooses the adapter. */
import { add, encodeModel, input, mul } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";

const x = input("x", ["n", 3]);
const model = encodeModel({ outputs: { y: add(mul(x, x), x), z: mul(x, x) } });
const session = await openSession(model, { provider: "webgpu", keep: ["y"] });
const message = async (make) => {
  try {
    await make();
    return null;
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};

const value = { data: Float32Array.of(1, 2, 3, 4, 5, 6), dims: [2, 3] };
const held = await session.device.hold(value);
const first = await session.run({ x: held });
const read = async (from) => Array.from((await session.device.read(from)).data);
const z = { data: new Float32Array(6), dims: [2, 3] };
const answers = {
  y: await read(first.y),
  z: Array.from(first.z.data),
  isHeld: [session.device.isHeld(first.y), session.device.isHeld(first.z)],
  touched: await message(() => held.data),
};
const second = await session.run({ x: first.y }, { y: held, z });
Object.assign(answers, {
  filled: [second.y === held, second.z === z],
  again: await read(held),
  copied: Array.from(z.data),
  unkept: await message(() => session.run({ x: value }, { z: held })),
  otherShape: await message(() => session.run({ x: { data: new Float32Array(3), dims: [1, 3] } }, { y: held })),
});
session.device.free(held);
answers.freed = await message(() => session.run({ x: held }));
await session.close();
console.log(JSON.stringify(answers));
