;; The loop of packages/features/src/encoder/pixels.ts. All addresses are bytes; the caller lays out the memory and lets it grow.
(module
  (memory (export "memory") 1)

  ;; RGB bytes from `from` to `end` (at least one pixel) through three tables of 256 float32 each, into three planes of `bytes` bytes, from `red`.
  (func (export "planes") (param $from i32) (param $end i32) (param $tables i32) (param $red i32) (param $bytes i32)
    (local $green i32) (local $blue i32) (local $greens i32) (local $blues i32)
    (local.set $green (i32.add (local.get $red) (local.get $bytes)))
    (local.set $blue (i32.add (local.get $green) (local.get $bytes)))
    (local.set $greens (i32.add (local.get $tables) (i32.const 1024)))
    (local.set $blues (i32.add (local.get $tables) (i32.const 2048)))
    (loop $pixels
      (f32.store (local.get $red) (f32.load
        (i32.add (local.get $tables) (i32.shl (i32.load8_u (local.get $from)) (i32.const 2)))))
      (f32.store (local.get $green) (f32.load
        (i32.add (local.get $greens) (i32.shl (i32.load8_u offset=1 (local.get $from)) (i32.const 2)))))
      (f32.store (local.get $blue) (f32.load
        (i32.add (local.get $blues) (i32.shl (i32.load8_u offset=2 (local.get $from)) (i32.const 2)))))
      (local.set $red (i32.add (local.get $red) (i32.const 4)))
      (local.set $green (i32.add (local.get $green) (i32.const 4)))
      (local.set $blue (i32.add (local.get $blue) (i32.const 4)))
      (br_if $pixels (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 3))) (local.get $end))))))
