;; The loops of packages/features/src/index/coarse.ts. A row is `bytes` signed bytes, a multiple of 32, filled up with zeros; a query is as many
;; signed 16-bit numbers, so small that no sum leaves 32 bits. Whole numbers: the order of the sums does not matter.
(module
  (memory (export "memory") 1)

  (func $total (param $sums v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $sums)) (i32x4.extract_lane 1 (local.get $sums)))
      (i32.add (i32x4.extract_lane 2 (local.get $sums)) (i32x4.extract_lane 3 (local.get $sums)))))

  ;; Products of each row from `row` to `end` (at least one) with one query: one int32 a row at `out`.
  (func (export "dots") (param $row i32) (param $end i32) (param $query i32) (param $bytes i32) (param $out i32)
    (local $q i32) (local $stop i32)
    (local $a v128) (local $b v128)
    (loop $rows
      (local.set $a (v128.const i32x4 0 0 0 0))
      (local.set $b (v128.const i32x4 0 0 0 0))
      (local.set $q (local.get $query))
      (local.set $stop (i32.add (local.get $row) (local.get $bytes)))
      (loop $values
        (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $row)) (v128.load (local.get $q)))))
        (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $row)) (v128.load offset=16 (local.get $q)))))
        (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s (v128.load8x8_s offset=16 (local.get $row)) (v128.load offset=32 (local.get $q)))))
        (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s (v128.load8x8_s offset=24 (local.get $row)) (v128.load offset=48 (local.get $q)))))
        (local.set $q (i32.add (local.get $q) (i32.const 64)))
        (br_if $values (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 32))) (local.get $stop))))
      (i32.store (local.get $out) (call $total (i32x4.add (local.get $a) (local.get $b))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end)))))

  ;; The same with four queries that lie one behind the other: four int32 a row at `out`. A row is widened once for all four.
  (func (export "dots4") (param $row i32) (param $end i32) (param $query i32) (param $bytes i32) (param $out i32)
    (local $p i32) (local $q i32) (local $r i32) (local $s i32) (local $stop i32)
    (local $v v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $rows
      (local.set $a (v128.const i32x4 0 0 0 0))
      (local.set $b (v128.const i32x4 0 0 0 0))
      (local.set $c (v128.const i32x4 0 0 0 0))
      (local.set $d (v128.const i32x4 0 0 0 0))
      (local.set $p (local.get $query))
      (local.set $q (i32.add (local.get $p) (i32.shl (local.get $bytes) (i32.const 1))))
      (local.set $r (i32.add (local.get $q) (i32.shl (local.get $bytes) (i32.const 1))))
      (local.set $s (i32.add (local.get $r) (i32.shl (local.get $bytes) (i32.const 1))))
      (local.set $stop (i32.add (local.get $row) (local.get $bytes)))
      (loop $values
        (local.set $v (v128.load8x8_s (local.get $row)))
        (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s (local.get $v) (v128.load (local.get $p)))))
        (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s (local.get $v) (v128.load (local.get $q)))))
        (local.set $c (i32x4.add (local.get $c) (i32x4.dot_i16x8_s (local.get $v) (v128.load (local.get $r)))))
        (local.set $d (i32x4.add (local.get $d) (i32x4.dot_i16x8_s (local.get $v) (v128.load (local.get $s)))))
        (local.set $v (v128.load8x8_s offset=8 (local.get $row)))
        (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s (local.get $v) (v128.load offset=16 (local.get $p)))))
        (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s (local.get $v) (v128.load offset=16 (local.get $q)))))
        (local.set $c (i32x4.add (local.get $c) (i32x4.dot_i16x8_s (local.get $v) (v128.load offset=16 (local.get $r)))))
        (local.set $d (i32x4.add (local.get $d) (i32x4.dot_i16x8_s (local.get $v) (v128.load offset=16 (local.get $s)))))
        (local.set $p (i32.add (local.get $p) (i32.const 32)))
        (local.set $q (i32.add (local.get $q) (i32.const 32)))
        (local.set $r (i32.add (local.get $r) (i32.const 32)))
        (local.set $s (i32.add (local.get $s) (i32.const 32)))
        (br_if $values (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 16))) (local.get $stop))))
      (i32.store (local.get $out) (call $total (local.get $a)))
      (i32.store offset=4 (local.get $out) (call $total (local.get $b)))
      (i32.store offset=8 (local.get $out) (call $total (local.get $c)))
      (i32.store offset=12 (local.get $out) (call $total (local.get $d)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end))))))
