/** Loaded before a program, shifts the clock of its process by so many hours: `--import skewed-clock.js`. */
const hours = Number(process.env.SKEW_HOURS);
const shift = hours * 3_600_000;
const { now } = Date;

Date.now = () => now() + shift;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, self) =>
    Reflect.construct(target, args.length === 0 ? [now() + shift] : args, self) as Date,
});
