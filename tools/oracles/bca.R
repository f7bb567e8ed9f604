# Levels of a BCa interval by R's package boot for packages/evaluation/test/golden/bca.json. Run: Rscript tools/oracles/bca.R > packages/evaluation/test/golden/bca.json
library(boot)
set.seed(11)
x <- round(rexp(60), 4)
out <- boot(x, function(d, i) mean(d[i]), R = 999)
ci <- boot.ci(out, type = "bca", L = empinf(out, type = "jack"))
num <- function(v) paste(formatC(v, digits = 17, format = "g"), collapse = ",")
cat(sprintf('{"x":[%s],"t":[%s],"levels":[%s]}\n', num(x), num(sort(out$t[, 1])), num(ci$bca[2:3] / 1000)))
