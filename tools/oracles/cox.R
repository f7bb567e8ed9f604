# Reference values for Cox regression and the elastic net, from R: survival and glmnet (used from outside only).
# A random cohort with ties, strata and weights (recorded with its answers), and the values of the lung, gbsg and rotterdam data that
# come with the survival package (answers are recorded, not the data).
# Writes packages/models/test/golden/cox.json. Run from the repository root: Rscript tools/oracles/cox.R
# Recorded with R 4.2.2, survival 3.5-3, glmnet 4.1-6, seed 31.
suppressMessages({library(survival); library(glmnet); library(jsonlite)})
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)

# Baseline at the mean of every column, whatever R centres at.
fitted <- function(x, time, event, ties, strata = NULL, weights = NULL) {
  y <- Surv(time, event)
  if (is.null(weights)) weights <- rep(1, length(time))
  f <- if (is.null(strata)) coxph(y ~ x, ties = ties, weights = weights, control = tight, robust = FALSE)
    else coxph(y ~ x + strata(strata), ties = ties, weights = weights, control = tight, robust = FALSE)
  b <- unname(coef(f))
  h <- basehaz(f, centered = FALSE)
  h$hazard <- h$hazard * exp(sum(b * colMeans(x)))
  at <- function(d, t) { s <- d$hazard[d$time <= t]; if (length(s)) max(s) else 0 }
  grid <- unname(quantile(time, c(.1, .3, .5, .7)))
  hazards <- if (is.null(strata)) list(all = sapply(grid, at, d = h))
    else lapply(split(h, sub("strata=", "", as.character(h$strata))), function(d) sapply(grid, at, d = d))
  list(ties = ties, coefficients = b, errors = unname(sqrt(diag(f$var))), logLikelihood = f$loglik, at = grid, hazards = hazards)
}
both <- function(...) list(fitted(..., ties = "efron"), fitted(..., ties = "breslow"))

set.seed(31)
n <- 80
x <- round(cbind(rnorm(n), rbinom(n, 1, .4), rnorm(n, 50, 10)), 4)
death <- ceiling(rexp(n, .05 * exp(.6 * x[, 1] - .5 * x[, 2]))); lost <- ceiling(runif(n, 3, 50))
time <- pmin(death, lost); event <- as.integer(death <= lost)
strata <- sample(c("a", "b", "c"), n, TRUE); weights <- round(runif(n, .3, 2.5), 2)
synthetic <- list(n = n, d = 3, x = as.numeric(t(x)), time = time, event = event, strata = strata, weights = weights,
  plain = both(x, time, event), stratified = both(x, time, event, strata = strata), weighted = both(x, time, event, weights = weights))

public <- list()
l <- lung[complete.cases(lung[, c("age", "sex", "ph.ecog")]), ]
public$lung <- list(columns = c("age", "sex", "ph.ecog"), n = nrow(l),
  fits = both(as.matrix(l[, c("age", "sex", "ph.ecog")]), l$time, as.integer(l$status == 2)))
g <- c("hormon", "age", "size", "grade", "nodes", "pgr")
public$gbsg <- list(columns = g, n = nrow(gbsg), fits = both(as.matrix(gbsg[, g]), gbsg$rfstime, gbsg$status))
r <- c("age", "meno", "grade", "nodes", "pgr", "er", "hormon", "chemo")
public$rotterdam <- list(columns = r, n = nrow(rotterdam), fits = both(as.matrix(rotterdam[, r]), rotterdam$dtime, rotterdam$death))

# Elastic nets at given lambdas; glmnet's own stopping rule made strict.
m <- 60; p <- 12
z <- round(matrix(rnorm(m * p), m), 4); z[, 3] <- round(z[, 1] + .3 * z[, 3], 4); z[, 5] <- 10 * z[, 5]
yes <- rbinom(m, 1, plogis(1.2 * z[, 1] - z[, 2] + .5))
t2 <- ceiling(rexp(m, .03 * exp(.8 * z[, 1] - .6 * z[, 4]))); c2 <- ceiling(runif(m, 10, 90))
time2 <- pmin(t2, c2); event2 <- as.integer(t2 <= c2)
net <- function(y, family, mix, lambdas) {
  f <- glmnet(z, y, family = family, alpha = mix, lambda = lambdas, thresh = 1e-22, maxit = 1e7)
  list(mix = mix, lambdas = lambdas, coefficients = as.numeric(as.matrix(f$beta)), offsets = if (family == "cox") rep(0, length(lambdas)) else unname(f$a0))
}
lambdas <- c(.2, .1, .05, .02, .01)
nets <- list(n = m, d = p, x = as.numeric(t(z)), label = yes, time = time2, event = event2,
  binomial = lapply(c(1, .5, .1), function(mix) net(yes, "binomial", mix, lambdas)),
  cox = lapply(c(1, .5, .1), function(mix) net(Surv(time2, event2), "cox", mix, lambdas)))

write(toJSON(list(synthetic = synthetic, public = public, nets = nets), auto_unbox = TRUE, digits = NA), "packages/models/test/golden/cox.json")
