# Reference values for survival, from R: survival, pec, riskRegression.
# A small random cohort with ties in time and in risk (arrays and values are recorded), and the values of the lung, gbsg and
# rotterdam data that come with the survival package (values, Cox coefficients and baseline survival are recorded, not the data).
# Writes packages/evaluation/test/golden/survival.json. Run from the repository root: Rscript tools/oracles/survival.R
# Recorded with R 4.2.2, survival 3.5-3, pec 2022.05.04, riskRegression 2022.11.28, seed 20.
suppressMessages({library(survival); library(pec); library(riskRegression); library(prodlim); library(jsonlite)})

curve <- function(time, event, at, tau) {
  f <- survfit(Surv(time, event) ~ 1, conf.type = "log-log")
  s <- summary(f, times = at)
  q <- quantile(f, .5)
  m <- summary(f, rmean = tau)$table
  list(time = f$time, atRisk = f$n.risk, events = f$n.event, censored = f$n.censor, survival = f$surv,
    variance = (f$std.err * f$surv)^2, low = f$lower, high = f$upper,
    at = at, survivalAt = s$surv, lowAt = s$lower, highAt = s$upper,
    median = c(q$quantile, q$lower, q$upper), tau = tau, restrictedMean = unname(m["rmean"]), restrictedMeanError = unname(m["se(rmean)"]))
}
compare <- function(formula, data) {
  d <- survdiff(formula, data)
  rows <- function(x) if (is.matrix(x)) rowSums(x) else x
  list(chiSquared = d$chisq, df = length(d$n) - 1, p = pchisq(d$chisq, length(d$n) - 1, lower.tail = FALSE),
    group = sub(",.*", "", sub("^[^=]*=", "", names(d$n))), observed = unname(rows(d$obs)), expected = unname(rows(d$exp)))
}
order.of <- function(time, event, risk, tau) {
  c1 <- concordance(Surv(time, event) ~ risk, reverse = TRUE)
  uno <- function(...) unname(concordance(Surv(time, event) ~ risk, reverse = TRUE, timewt = "n/G2", ...)$concordance)
  list(harrell = unname(c1$concordance), error = sqrt(c1$var), uno = uno(), tau = tau, unoTau = uno(ymax = tau))
}
# survival: [n, times], foretold. The integral is by the trapezoid rule over the times, not pec::crps (rectangles from 0).
errors.of <- function(time, event, risk, survival, times) {
  d <- data.frame(time, event)
  p <- pec(list(m = cbind(1, survival)), Surv(time, event) ~ 1, data = d, times = c(0, times), exact = FALSE, start = 0,
    cens.model = "marginal", reference = TRUE, verbose = FALSE)
  trapezoid <- function(y) sum(diff(times) * (head(y, -1) + tail(y, -1)) / 2) / diff(range(times))
  s <- Score(list(m = matrix(risk, length(risk), length(times))), Hist(time, event) ~ 1, data = d, times = times, metrics = "auc",
    cens.model = "km", cens.method = "ipcw", null.model = FALSE, conf.int = FALSE, se.fit = FALSE)
  brier <- p$AppErr$m[-1]; null <- p$AppErr$Reference[-1]
  list(times = times, brier = brier, null = null, integrated = trapezoid(brier), nullIntegrated = trapezoid(null), auroc = s$AUC$score$AUC)
}

set.seed(20)
n <- 90
risk <- round(rnorm(n), 1)
death <- ceiling(rexp(n, .02 * exp(.7 * risk)))
lost <- ceiling(runif(n, 5, 120))
time <- pmin(death, lost); event <- as.integer(death <= lost)
group <- sample(c("a", "b", "c"), n, TRUE); stratum <- sample(c("x", "y"), n, TRUE); weight <- sample(0:3, n, TRUE)
grid <- c(10, 20, 30, 40, 55, 70)
foretold <- round(exp(-outer(exp(.6 * risk), .02 * grid)), 6)
toy <- data.frame(time, event, group, stratum)
copies <- rep(seq_len(n), weight)
synthetic <- list(
  time = time, event = event, risk = risk, group = group, stratum = stratum, weight = weight,
  curveTimes = grid, survival = as.numeric(t(foretold)),
  curve = curve(time, event, c(0, 3, 10, 25.5, 50, 80), 60),
  logRank = compare(Surv(time, event) ~ group, toy), logRankStrata = compare(Surv(time, event) ~ group + strata(stratum), toy),
  order = order.of(time, event, risk, 60.5), errors = errors.of(time, event, risk, foretold, grid),
  copied = c(order.of(time[copies], event[copies], risk[copies], 60.5), errors.of(time[copies], event[copies], risk[copies], foretold[copies, ], grid)))
synthetic$copiedCurve <- curve(time[copies], event[copies], c(10, 50), 60)

# A Cox model (Efron) of each cohort, its risk and its survival at a few times.
cohort <- function(data, time, event, formula, grid, tau, at, groups) {
  t <- data[[time]]; e <- data[[event]]
  fit <- coxph(formula, data, x = TRUE, model = TRUE)
  x <- fit$x; lp <- as.numeric(x %*% coef(fit))
  base <- basehaz(fit, centered = FALSE)
  hazard <- base$hazard[findInterval(grid, base$time)]
  survival <- exp(-outer(exp(lp), hazard))
  key <- c("at", "survivalAt", "lowAt", "highAt", "median", "tau", "restrictedMean", "restrictedMeanError")
  list(n = nrow(data), columns = colnames(x), coefficients = unname(coef(fit)), times = grid, hazard = hazard,
    curve = curve(t, e, at, tau)[key],
    logRank = lapply(groups, function(g) c(list(column = g), compare(as.formula(paste0("Surv(", time, ",", event, ")~", g)), data))),
    order = order.of(t, e, lp, tau), errors = errors.of(t, e, lp, survival, grid))
}
lung$dead <- as.integer(lung$status == 2)
whole <- list(curve = curve(lung$time, lung$dead, c(100, 365, 730), 500), logRank = compare(Surv(time, dead) ~ sex, lung),
  logRankStrata = compare(Surv(time, dead) ~ sex + strata(ph.ecog), lung))
l <- lung[!is.na(lung$ph.ecog), ]
r <- rotterdam[rotterdam$nodes > 0, ]
r$small <- as.integer(r$size == "<=20")
out <- list(
  source = "R 4.2.2, survival 3.5-3, pec 2022.05.04, riskRegression 2022.11.28, tools/oracles/survival.R, seed 20",
  synthetic = synthetic, lung = whole,
  lungCox = cohort(l, "time", "dead", Surv(time, dead) ~ age + sex + ph.ecog, c(90.5, 180.5, 365.5, 540.5), 600.5, c(100, 365, 730), list("sex", "ph.ecog")),
  gbsg = cohort(gbsg, "rfstime", "status", Surv(rfstime, status) ~ hormon + age + size + grade + nodes + pgr, c(365.5, 730.5, 1095.5, 1825.5), 2000.5,
    c(365, 730, 1095, 1825), list("hormon", "grade")),
  rotterdam = cohort(r, "dtime", "death", Surv(dtime, death) ~ age + meno + small + grade + nodes + pgr + hormon, c(365.5, 1095.5, 1825.5, 3650.5), 4000.5,
    c(365, 1825, 3650), list("hormon", "grade", "size")))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null"), "packages/evaluation/test/golden/survival.json")
