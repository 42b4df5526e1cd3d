//! Says with each answer how sure it is that the real service answers the same.

use http::Response;

use super::Body;
use super::planned::Planned;
use super::response::SANDBOX_FIDELITY;
use super::tried::party;
use crate::interface::ServiceModule;
use crate::interface::fidelity::Basis;
use crate::router::Target;
use crate::session::journal::Entry;

/// Adds `Sandbox-Fidelity` to an answer, and the same to its entry. The entry has all that is known of it.
pub(super) fn tell(response: &mut Response<Body>, entry: &mut Entry, planned: &Planned<'_>) {
    let module: Option<&'static ServiceModule> = match planned.call.target {
        Target::Service { route, .. } => Some(route.module),
        Target::Page => return,
        Target::Nothing => None,
    };
    let modifiers = planned.plan.modifiers();
    let weakest = |module: &ServiceModule| {
        let label = module.hooks.finding_label?;
        entry.findings.iter().filter_map(|finding| label(&finding.code)).max()
    };
    let lists_findings = !entry.findings.is_empty();
    let token = || {
        let Target::Service { route, .. } = &planned.call.target else { return None };
        let package = route.package.known()?.name;
        Some((package, planned.call.caller.token_kind(&planned.call.received.parts.headers)?))
    };
    let basis = Basis {
        service: module.map_or(0, |module| std::ptr::from_ref(module).addr()),
        endpoint: entry.endpoint,
        success: entry.answer,
        party: entry.answer.and_then(|_| party(&planned.subject)),
        token: entry.answer.and_then(|_| token()),
        code: entry.code,
        failed: entry.checks.and_then(|checks| checks.failed),
        lists_findings,
        findings: module.filter(|_| lists_findings).and_then(weakest),
        fault: modifiers.fault.as_ref().map(|fault| fault.value.name()),
        is_drifted: modifiers.drift.is_some() && modifiers.replacing().is_none(),
    };
    let leaning = planned.call.state.services.leaning(module, &basis);
    response.headers_mut().insert(SANDBOX_FIDELITY, leaning.header.clone());
    entry.fidelity = Some(leaning);
}
