/** The small set of pieces that pages are made of. */
export { Badge, type Tone } from "./badge.tsx";
export { Button, ButtonLink, ButtonOut, type ButtonProps } from "./button.tsx";
export { Chip } from "./chip.tsx";
export { Dialog, type DialogProps } from "./dialog.tsx";
export { Empty } from "./empty.tsx";
export { Failure, failureIn } from "./failure.tsx";
export { CheckField, type Choice, Field, SelectField, TextArea, TextField } from "./field.tsx";
export { Interval, type IntervalProps, writeShare } from "./interval.tsx";
export { KeyHint } from "./key-hint.tsx";
export { Meter } from "./meter.tsx";
export { Notice } from "./notice.tsx";
export { Skeleton } from "./skeleton.tsx";
export { type Column, Table, type TableProps } from "./table.tsx";
export { TabPanel, Tabs } from "./tabs.tsx";
export { type KeyRow, useKeyGroups, useKeys } from "./use-keys.ts";
export { Wide, type WideProps } from "./wide.tsx";
