;; The two passes of packages/imaging/src/slide/resample.ts on four values at a time.
;; Memory is laid out by the caller; all addresses are bytes. Nothing is read or written beyond 16 bytes after an array's end.
(module
  (memory (export "memory") 16)

  ;; line[i] = sum over t of weights[t] * rows[t * pitch + i], for i below n (rounded up to 16). Bytes in, float32 out.
  (func (export "blend") (param $rows i32) (param $pitch i32) (param $weights i32) (param $taps i32) (param $line i32) (param $n i32)
    (local $i i32) (local $t i32) (local $from i32) (local $w v128) (local $bytes v128) (local $half v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $weight i32)
    (loop $columns
      (local.set $a (v128.const f32x4 0 0 0 0))
      (local.set $b (local.get $a))
      (local.set $c (local.get $a))
      (local.set $d (local.get $a))
      (local.set $from (i32.add (local.get $rows) (local.get $i)))
      (local.set $weight (local.get $weights))
      (local.set $t (local.get $taps))
      (loop $rowsOf
        (local.set $w (v128.load32_splat (local.get $weight)))
        (local.set $bytes (v128.load (local.get $from)))
        (local.set $half (i16x8.extend_low_i8x16_u (local.get $bytes)))
        (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $w)
          (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $half))))))
        (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $w)
          (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $half))))))
        (local.set $half (i16x8.extend_high_i8x16_u (local.get $bytes)))
        (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $w)
          (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $half))))))
        (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $w)
          (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $half))))))
        (local.set $from (i32.add (local.get $from) (local.get $pitch)))
        (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
        (br_if $rowsOf (local.tee $t (i32.sub (local.get $t) (i32.const 1)))))
      (local.set $from (i32.add (local.get $line) (i32.shl (local.get $i) (i32.const 2))))
      (v128.store (local.get $from) (local.get $a))
      (v128.store offset=16 (local.get $from) (local.get $b))
      (v128.store offset=32 (local.get $from) (local.get $c))
      (v128.store offset=48 (local.get $from) (local.get $d))
      (br_if $columns (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $n)))))

  ;; out[x] = the pixels line[first[x]] ... weighted by weights[x * taps] ..., rounded, three bytes a pixel, for x below n.
  (func (export "narrow") (param $line i32) (param $first i32) (param $weights i32) (param $taps i32) (param $out i32) (param $n i32)
    (local $t i32) (local $from i32) (local $sum v128) (local $zero v128)
    (loop $pixels
      (local.set $sum (v128.const f32x4 0.5 0.5 0.5 0.5))
      (local.set $from (i32.add (local.get $line) (i32.mul (i32.load (local.get $first)) (i32.const 12))))
      (local.set $t (local.get $taps))
      (loop $tapsOf
        (local.set $sum (f32x4.add (local.get $sum)
          (f32x4.mul (v128.load32_splat (local.get $weights)) (v128.load (local.get $from)))))
        (local.set $from (i32.add (local.get $from) (i32.const 12)))
        (local.set $weights (i32.add (local.get $weights) (i32.const 4)))
        (br_if $tapsOf (local.tee $t (i32.sub (local.get $t) (i32.const 1)))))
      ;; truncated, and held to 0..255 on the way to bytes; the fourth is written over by the next pixel
      (local.set $sum (i32x4.trunc_sat_f32x4_u (local.get $sum)))
      (local.set $sum (i16x8.narrow_i32x4_u (local.get $sum) (local.get $zero)))
      (i32.store (local.get $out) (i32x4.extract_lane 0 (i8x16.narrow_i16x8_u (local.get $sum) (local.get $zero))))
      (local.set $out (i32.add (local.get $out) (i32.const 3)))
      (local.set $first (i32.add (local.get $first) (i32.const 4)))
      (br_if $pixels (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
