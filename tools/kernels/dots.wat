;; The loops of packages/features/src/index/dots.ts. All addresses are bytes; a row is `bytes` long, a multiple of 64, filled up with zeros.
;; The order of the sums is written here, so that a similarity has the same bits on every machine.
(module
  (memory (export "memory") 1)

  (func $total (param $sums v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $sums)) (f32x4.extract_lane 1 (local.get $sums)))
      (f32.add (f32x4.extract_lane 2 (local.get $sums)) (f32x4.extract_lane 3 (local.get $sums)))))

  ;; Products of each row from `row` to `end` (at least one) with one query: one float32 a row at `out`.
  (func (export "dots") (param $row i32) (param $end i32) (param $query i32) (param $bytes i32) (param $out i32)
    (local $q i32) (local $stop i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $rows
      (local.set $a (v128.const f32x4 0 0 0 0))
      (local.set $b (v128.const f32x4 0 0 0 0))
      (local.set $c (v128.const f32x4 0 0 0 0))
      (local.set $d (v128.const f32x4 0 0 0 0))
      (local.set $q (local.get $query))
      (local.set $stop (i32.add (local.get $row) (local.get $bytes)))
      (loop $values
        (local.set $a (f32x4.add (local.get $a) (f32x4.mul (v128.load (local.get $row)) (v128.load (local.get $q)))))
        (local.set $b (f32x4.add (local.get $b) (f32x4.mul (v128.load offset=16 (local.get $row)) (v128.load offset=16 (local.get $q)))))
        (local.set $c (f32x4.add (local.get $c) (f32x4.mul (v128.load offset=32 (local.get $row)) (v128.load offset=32 (local.get $q)))))
        (local.set $d (f32x4.add (local.get $d) (f32x4.mul (v128.load offset=48 (local.get $row)) (v128.load offset=48 (local.get $q)))))
        (local.set $q (i32.add (local.get $q) (i32.const 64)))
        (br_if $values (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 64))) (local.get $stop))))
      (f32.store (local.get $out) (call $total
        (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end)))))

  ;; The same with four queries that lie one behind the other: four float32 a row at `out`. A row is fetched once for all four.
  (func (export "dots4") (param $row i32) (param $end i32) (param $query i32) (param $bytes i32) (param $out i32)
    (local $p i32) (local $q i32) (local $r i32) (local $s i32) (local $stop i32)
    (local $v v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $rows
      (local.set $a (v128.const f32x4 0 0 0 0))
      (local.set $b (v128.const f32x4 0 0 0 0))
      (local.set $c (v128.const f32x4 0 0 0 0))
      (local.set $d (v128.const f32x4 0 0 0 0))
      (local.set $p (local.get $query))
      (local.set $q (i32.add (local.get $p) (local.get $bytes)))
      (local.set $r (i32.add (local.get $q) (local.get $bytes)))
      (local.set $s (i32.add (local.get $r) (local.get $bytes)))
      (local.set $stop (i32.add (local.get $row) (local.get $bytes)))
      (loop $values
        (local.set $v (v128.load (local.get $row)))
        (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $v) (v128.load (local.get $p)))))
        (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $v) (v128.load (local.get $q)))))
        (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $v) (v128.load (local.get $r)))))
        (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $v) (v128.load (local.get $s)))))
        (local.set $v (v128.load offset=16 (local.get $row)))
        (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $v) (v128.load offset=16 (local.get $p)))))
        (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $v) (v128.load offset=16 (local.get $q)))))
        (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $v) (v128.load offset=16 (local.get $r)))))
        (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $v) (v128.load offset=16 (local.get $s)))))
        (local.set $p (i32.add (local.get $p) (i32.const 32)))
        (local.set $q (i32.add (local.get $q) (i32.const 32)))
        (local.set $r (i32.add (local.get $r) (i32.const 32)))
        (local.set $s (i32.add (local.get $s) (i32.const 32)))
        (br_if $values (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 32))) (local.get $stop))))
      (f32.store (local.get $out) (call $total (local.get $a)))
      (f32.store offset=4 (local.get $out) (call $total (local.get $b)))
      (f32.store offset=8 (local.get $out) (call $total (local.get $c)))
      (f32.store offset=12 (local.get $out) (call $total (local.get $d)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end))))))
