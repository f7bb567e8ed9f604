;; The two passes of packages/imaging/src/slide/resample.ts on four values, and four output rows, at a time.
;; Memory is laid out by the caller; all addresses are bytes. Nothing is read or written beyond 16 bytes after an array's end.
(module
  (memory (export "memory") 16)

  ;; Copies `rows` rows of `bytes` bytes (at least one row).
  (func (export "copy") (param $from i32) (param $fromPitch i32) (param $to i32) (param $toPitch i32) (param $bytes i32) (param $rows i32)
    (loop $rowsOf
      (memory.copy (local.get $to) (local.get $from) (local.get $bytes))
      (local.set $from (i32.add (local.get $from) (local.get $fromPitch)))
      (local.set $to (i32.add (local.get $to) (local.get $toPitch)))
      (br_if $rowsOf (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; line[i] = sum over t of weights[t] * rows[t * pitch + i], for i below n (rounded up to 16). Bytes in, float32 out. At least two taps:
  ;; the first two are written out, because most rows have no more.
  (func $blend (param $rows i32) (param $pitch i32) (param $weights i32) (param $taps i32) (param $line i32) (param $n i32)
    (local $end i32) (local $t i32) (local $from i32) (local $w v128) (local $w0 v128) (local $w1 v128) (local $bytes v128) (local $half v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $weight i32)
    (local.set $w0 (v128.load32_splat (local.get $weights)))
    (local.set $w1 (v128.load32_splat offset=4 (local.get $weights)))
    (local.set $end (i32.add (local.get $rows) (local.get $n)))
    (loop $columns
      (local.set $bytes (v128.load (local.get $rows)))
      (local.set $half (i16x8.extend_low_i8x16_u (local.get $bytes)))
      (local.set $a (f32x4.mul (local.get $w0) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_u (local.get $half)))))
      (local.set $b (f32x4.mul (local.get $w0) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_u (local.get $half)))))
      (local.set $half (i16x8.extend_high_i8x16_u (local.get $bytes)))
      (local.set $c (f32x4.mul (local.get $w0) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_u (local.get $half)))))
      (local.set $d (f32x4.mul (local.get $w0) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_u (local.get $half)))))
      (local.set $from (i32.add (local.get $rows) (local.get $pitch)))
      (local.set $w (local.get $w1))
      (local.set $weight (i32.add (local.get $weights) (i32.const 4)))
      (local.set $t (i32.sub (local.get $taps) (i32.const 1)))
      (loop $rowsOf
        (local.set $bytes (v128.load (local.get $from)))
        (local.set $half (i16x8.extend_low_i8x16_u (local.get $bytes)))
        (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $w)
          (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_u (local.get $half))))))
        (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $w)
          (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_u (local.get $half))))))
        (local.set $half (i16x8.extend_high_i8x16_u (local.get $bytes)))
        (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $w)
          (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_u (local.get $half))))))
        (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $w)
          (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_u (local.get $half))))))
        (if (local.tee $t (i32.sub (local.get $t) (i32.const 1)))
          (then
            (local.set $from (i32.add (local.get $from) (local.get $pitch)))
            (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
            (local.set $w (v128.load32_splat (local.get $weight)))
            (br $rowsOf))))
      (v128.store (local.get $line) (local.get $a))
      (v128.store offset=16 (local.get $line) (local.get $b))
      (v128.store offset=32 (local.get $line) (local.get $c))
      (v128.store offset=48 (local.get $line) (local.get $d))
      (local.set $line (i32.add (local.get $line) (i32.const 64)))
      (br_if $columns (i32.lt_u (local.tee $rows (i32.add (local.get $rows) (i32.const 16))) (local.get $end)))))

  ;; Four lines, linePitch bytes apart, to four rows of n pixels: the pixels line[first[x]] ... weighted by weights[x * taps] ..., rounded,
  ;; three bytes a pixel. A weight is fetched once for the four. At least two taps.
  (func $narrow (param $line i32) (param $linePitch i32) (param $first i32) (param $weights i32) (param $taps i32) (param $out i32) (param $n i32)
    (local $t i32) (local $p0 i32) (local $p1 i32) (local $p2 i32) (local $p3 i32) (local $w v128) (local $end i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $half v128) (local $magic v128)
    (local $o1 i32) (local $o2 i32) (local $o3 i32) (local $row i32) (local $more i32)
    (local.set $half (v128.const f32x4 0.5 0.5 0.5 0.5))
    ;; 2^23: what is added to it lies in the low bits
    (local.set $magic (v128.const i32x4 0x4b000000 0x4b000000 0x4b000000 0x4b000000))
    (local.set $row (i32.mul (local.get $n) (i32.const 3)))
    (local.set $end (i32.add (local.get $out) (local.get $row)))
    (local.set $more (i32.sub (local.get $taps) (i32.const 2)))
    (loop $pixels
      (local.set $p0 (i32.add (local.get $line) (i32.mul (i32.load (local.get $first)) (i32.const 12))))
      (local.set $p1 (i32.add (local.get $p0) (local.get $linePitch)))
      (local.set $p2 (i32.add (local.get $p1) (local.get $linePitch)))
      (local.set $p3 (i32.add (local.get $p2) (local.get $linePitch)))
      (local.set $w (v128.load32_splat (local.get $weights)))
      (local.set $a (f32x4.add (local.get $half) (f32x4.mul (local.get $w) (v128.load (local.get $p0)))))
      (local.set $b (f32x4.add (local.get $half) (f32x4.mul (local.get $w) (v128.load (local.get $p1)))))
      (local.set $c (f32x4.add (local.get $half) (f32x4.mul (local.get $w) (v128.load (local.get $p2)))))
      (local.set $d (f32x4.add (local.get $half) (f32x4.mul (local.get $w) (v128.load (local.get $p3)))))
      (local.set $w (v128.load32_splat offset=4 (local.get $weights)))
      (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $w) (v128.load offset=12 (local.get $p0)))))
      (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $w) (v128.load offset=12 (local.get $p1)))))
      (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $w) (v128.load offset=12 (local.get $p2)))))
      (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $w) (v128.load offset=12 (local.get $p3)))))
      (local.set $weights (i32.add (local.get $weights) (i32.const 8)))
      (if (local.tee $t (local.get $more))
        (then
          (loop $tapsOf
            (local.set $w (v128.load32_splat (local.get $weights)))
            (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $w) (v128.load offset=24 (local.get $p0)))))
            (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $w) (v128.load offset=24 (local.get $p1)))))
            (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $w) (v128.load offset=24 (local.get $p2)))))
            (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $w) (v128.load offset=24 (local.get $p3)))))
            (local.set $p0 (i32.add (local.get $p0) (i32.const 12)))
            (local.set $p1 (i32.add (local.get $p1) (i32.const 12)))
            (local.set $p2 (i32.add (local.get $p2) (i32.const 12)))
            (local.set $p3 (i32.add (local.get $p3) (i32.const 12)))
            (local.set $weights (i32.add (local.get $weights) (i32.const 4)))
            (br_if $tapsOf (local.tee $t (i32.sub (local.get $t) (i32.const 1)))))))
      ;; truncated, and held to 0..255 on the way to bytes
      (local.set $a (i8x16.narrow_i16x8_u
        (i16x8.narrow_i32x4_s
          (i32x4.sub (f32x4.add (f32x4.floor (local.get $a)) (local.get $magic)) (local.get $magic))
          (i32x4.sub (f32x4.add (f32x4.floor (local.get $b)) (local.get $magic)) (local.get $magic)))
        (i16x8.narrow_i32x4_s
          (i32x4.sub (f32x4.add (f32x4.floor (local.get $c)) (local.get $magic)) (local.get $magic))
          (i32x4.sub (f32x4.add (f32x4.floor (local.get $d)) (local.get $magic)) (local.get $magic)))))
      (local.set $o1 (i32.add (local.get $out) (local.get $row)))
      (local.set $o2 (i32.add (local.get $o1) (local.get $row)))
      (local.set $o3 (i32.add (local.get $o2) (local.get $row)))
      (v128.store16_lane 0 (local.get $out) (local.get $a))
      (v128.store8_lane offset=2 2 (local.get $out) (local.get $a))
      (v128.store16_lane 2 (local.get $o1) (local.get $a))
      (v128.store8_lane offset=2 6 (local.get $o1) (local.get $a))
      (v128.store16_lane 4 (local.get $o2) (local.get $a))
      (v128.store8_lane offset=2 10 (local.get $o2) (local.get $a))
      (v128.store16_lane 6 (local.get $o3) (local.get $a))
      (v128.store8_lane offset=2 14 (local.get $o3) (local.get $a))
      (local.set $first (i32.add (local.get $first) (i32.const 4)))
      (br_if $pixels (i32.lt_u (local.tee $out (i32.add (local.get $out) (i32.const 3))) (local.get $end)))))

  ;; 4 * groups output rows. Row y begins with source row alongFirst[y] of `rows` and takes alongTaps of them; lines is room for four.
  (func (export "resample") (param $rows i32) (param $pitch i32) (param $alongFirst i32) (param $alongWeights i32) (param $alongTaps i32)
    (param $lines i32) (param $linePitch i32) (param $first i32) (param $weights i32) (param $taps i32)
    (param $out i32) (param $n i32) (param $groups i32)
    (local $line i32) (local $end i32) (local $used i32)
    (local.set $end (i32.add (local.get $lines) (i32.shl (local.get $linePitch) (i32.const 2))))
    (loop $groupsOf
      (local.set $line (local.get $lines))
      (loop $four
        ;; rows at the end that weigh nothing add nothing
        (local.set $used (local.get $alongTaps))
        (block $isUsed
          (loop $unused
            (br_if $isUsed (i32.eq (local.get $used) (i32.const 2)))
            (br_if $isUsed (f32.ne (f32.const 0) (f32.load
              (i32.add (local.get $alongWeights) (i32.shl (i32.sub (local.get $used) (i32.const 1)) (i32.const 2))))))
            (local.set $used (i32.sub (local.get $used) (i32.const 1)))
            (br $unused)))
        (call $blend (i32.add (local.get $rows) (i32.mul (i32.load (local.get $alongFirst)) (local.get $pitch)))
          (local.get $pitch) (local.get $alongWeights) (local.get $used) (local.get $line) (local.get $pitch))
        (local.set $alongFirst (i32.add (local.get $alongFirst) (i32.const 4)))
        (local.set $alongWeights (i32.add (local.get $alongWeights) (i32.shl (local.get $alongTaps) (i32.const 2))))
        (br_if $four (i32.lt_u (local.tee $line (i32.add (local.get $line) (local.get $linePitch))) (local.get $end))))
      (call $narrow (local.get $lines) (local.get $linePitch) (local.get $first) (local.get $weights) (local.get $taps)
        (local.get $out) (local.get $n))
      (local.set $out (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 12))))
      (br_if $groupsOf (local.tee $groups (i32.sub (local.get $groups) (i32.const 1)))))))
