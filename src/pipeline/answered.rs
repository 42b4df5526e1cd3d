//! The answer of a call: a code or fault on demand, or the service's own. Drift may change it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response};
use http_body_util::{Either, Full};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde_json::Value;

use super::Body;
use super::fidelity;
use super::journal::{self, Refusing};
use super::planned::Planned;
use super::received::Received;
use super::response::{self, Head};
use crate::access::Caller;
use crate::catalogue::{Check, Demanded, NO_SUCH_URL, UNEXPECTED};
use crate::faults::effects::{Delay, Drift, Fault};
use crate::faults::refused::Refused;
use crate::interface::admission::{self, Admitted};
use crate::interface::answer::both;
use crate::interface::negotiation::{Format, accepted};
use crate::interface::path::Path;
use crate::interface::{Answer, Call, Finding, Reason, Refusal, Route, Scheme, Target as CallTarget, near_miss, xml};
use crate::load::{Busy, Reserved, WaitingPlace};
use crate::log::{NotKept, NotKnown};
use crate::redact::redacted;
use crate::router::{Target, below_base};
use crate::session::journal::{Checks, Entry, FoundFault};
use crate::traces::Span;

/// A call with its answer. Nothing is sent yet; the journal has the entry already.
pub(super) struct Answered {
    pub(super) response: Response<Body>,
    pub(super) delay: Duration,
    pub(super) fault: Option<Fault>,
    /// Its place among the requests that wait, if it waits.
    pub(super) place: Option<WaitingPlace>,
    /// Its entry in the journal, which learns how it ends.
    pub(super) kept: Option<Arc<Entry>>,
    /// The code that it answers, if it is known.
    pub(super) code: Option<&'static str>,
    /// What traces tell of it.
    pub(super) span: Option<Box<Span>>,
    /// Whether the response has the id of the call already.
    pub(super) has_id: bool,
}

impl From<Response<Body>> for Answered {
    fn from(response: Response<Body>) -> Self {
        let delay = Duration::ZERO;
        Self { response, delay, fault: None, place: None, kept: None, code: None, span: None, has_id: false }
    }
}

impl Answered {
    /// Refuses a request whose modifiers cannot be used. No rule and no flag is used up.
    pub(super) fn refused(received: &Received, refused: &Refused, told: Option<&Refusing<'_>>) -> Self {
        if let Some(told) = told {
            told.add_refusal(received, refused);
        }
        response::refused_modifier(refused, received).into()
    }

    /// What the answer tells could not be written, so it did not happen. The journal has the answer, and this refusal after it.
    pub(super) fn not_kept(received: &Received, why: &NotKept, told: &Refusing<'_>) -> Self {
        // A caller that asked for no change need not be told that there was none.
        let refused = if received.parts.method.is_safe() {
            Refused::unsettled(why.of_reader())
        } else {
            Refused::not_kept(&why.0)
        };
        Self::by_store(received, &refused, told)
    }

    /// A replica does not know what others have changed, so nothing can be answered.
    pub(super) fn not_known(received: &Received, why: &NotKnown, told: &Refusing<'_>) -> Self {
        Self::by_store(received, &Refused::not_known(why.to_string()), told)
    }

    fn by_store(received: &Received, refused: &Refused, told: &Refusing<'_>) -> Self {
        told.add_refusal(received, refused);
        let refusal = match told.target {
            Target::Service { route, .. } => route.module.refused_by_store(refused.detail.clone()),
            Target::Page | Target::Nothing => Refusal::on_demand(UNEXPECTED).because(Reason::NotKept),
        };
        Head::new(received, told.target).refusal(&refusal, None, |_| {}).into()
    }

    /// A fault of the sandbox itself.
    pub(super) fn failed(received: &Received, told: &Refusing<'_>) -> Self {
        let code = match told.target {
            Target::Service { route, .. } => route.module.unexpected(),
            Target::Page | Target::Nothing => UNEXPECTED,
        };
        told.add_failure(received, code);
        Head::new(received, told.target).refusal(&Refusal::on_demand(code), None, |_| {}).into()
    }
}

impl Planned<'_> {
    /// Answers the call, and notes it in the journal.
    pub(super) fn answered(self) -> Answered {
        let received = self.call.received;
        let head = Head {
            plan: Some(&self.plan),
            party: self.subject.party.as_deref(),
            ..Head::new(received, self.call.target)
        };
        let mut entry = journal::opened(&self);
        let mut response = if let Some(fault) = self.plan.modifiers().replacing() {
            head.replaced(fault.value)
        } else if let Some(code) = &self.plan.code {
            self.on_demand(&code.value, &head, &mut entry)
        } else {
            match self.call.target {
                Target::Service { route, at_base } => self.by_service(route, *at_base, &head, &mut entry),
                Target::Page | Target::Nothing => {
                    entry.code = Some(NO_SUCH_URL.code);
                    let hint = near_miss::no_service(received.path(), self.call.state.services);
                    let hint = redacted(&hint);
                    let refusal = Refusal::on_demand(NO_SUCH_URL).hint(&*hint);
                    entry.hint = Some(hint.into());
                    head.refusal(&refusal, None, |value| self.drift(value))
                }
            }
        };
        let delay = self.plan.modifiers().delay.as_ref().map(|delay| self.draw(delay.value));
        response::tell_effects(&mut response, &self, delay, self.drift_seed());
        fidelity::tell(&mut response, &mut entry, &self);
        // The journal tells of it, too.
        response::identify(&mut response, &received.id);
        let fault = self.plan.modifiers().fault.as_ref().map(|fault| fault.value);
        let waits = delay.is_some_and(|delay| !delay.is_zero()) || fault.is_some_and(Fault::waits);
        match self.make_room(&mut response, waits) {
            Ok((place, body)) => {
                let code = entry.code;
                let kept = journal::close(entry, &self, &response, body.as_ref().unwrap_or(&Bytes::new()), delay);
                if let Some(body) = body {
                    *response.body_mut() = Either::Left(Full::new(body));
                }
                let delay = delay.unwrap_or_default();
                Answered { response, delay, fault, place, kept, code, span: None, has_id: true }
            }
            Err(busy) => {
                let told = Refused::busy(busy.0);
                entry.message = Some(busy.0.into());
                let response = response::refused_modifier(&told, received);
                journal::close_refused(entry, &self, &response);
                response.into()
            }
        }
    }

    /// Finds a place for an answer that waits, and room for one that is large. The body of an answer in memory is taken out of it.
    fn make_room(
        &self,
        response: &mut Response<Body>,
        waits: bool,
    ) -> Result<(Option<WaitingPlace>, Option<Bytes>), Busy> {
        let (load, parts) = (&self.call.state.load, &self.call.received.parts);
        let place = waits.then(|| load.wait()).transpose()?;
        let Either::Left(body) = response.body_mut() else { return Ok((place, None)) };
        let bytes = std::mem::take(body).into_inner().unwrap_or_default();
        let bytes = load.count(&parts.uri, bytes, parts.extensions.get::<Reserved>(), place.as_ref())?;
        Ok((place, Some(bytes)))
    }

    fn on_demand(&self, demanded: &Demanded, head: &Head<'_>, entry: &mut Entry) -> Response<Body> {
        let refusal = match (demanded, self.call.target) {
            (Demanded::Code(code), _) => Refusal::on_demand(code),
            (_, Target::Service { route, .. }) => Refusal::demanded(route.module, route.endpoint(), demanded),
            (_, Target::Page | Target::Nothing) => Refusal::on_demand(UNEXPECTED),
        };
        entry.code = demanded.first().map(|code| code.code);
        entry.findings = findings(&refusal);
        head.refusal(&refusal, None, |value| self.drift(value))
    }

    /// The natural answer of a service.
    fn by_service(&self, route: &Route, at_base: bool, head: &Head<'_>, entry: &mut Entry) -> Response<Body> {
        let addressed = &self.call;
        let received = addressed.received;
        let path = Path::new(below_base(route.module, at_base, received.path()));
        let wanted = accepted(route.module.service.formats, &received.parts.headers);
        let format = wanted.unwrap_or_default();
        let drift = self.plan.modifiers().drift.as_ref().map(|drift| drift.value);
        let call = Call {
            headers: &received.parts.headers,
            scheme: Scheme::of(&received.parts.extensions),
            path: &path,
            query: received.query(),
            body: addressed.body,
            id: &received.id,
            target: CallTarget { module: route.module, endpoint: route.endpoint(), package: &route.package, at_base },
            subject: &self.subject,
            instants: self.instants,
            edition: self.plan.modifiers().edition.as_ref().map(|edition| edition.value),
            // What drift changes on its way out comes as JSON.
            format: if drift.is_some() { Format::Json } else { format },
            caller: addressed.caller,
            access: &addressed.state.access,
            session: addressed.session,
            world: addressed.world,
            options: &addressed.state.options,
            settings: &addressed.state.settings,
            own: &self.plan.modifiers().own,
            catalogue: addressed.state.services.catalogue,
            services: addressed.state.services,
        };
        let mut failed = None;
        let (answer, warning) = match admission::admit(&call, route, wanted.is_some()) {
            // An answer that was large the last time takes its time.
            Ok(Admitted { operation, warning }) if received.parts.extensions.get::<Reserved>().is_some() => {
                (out_of_the_way(|| (operation.answer)(&call)), warning)
            }
            Ok(Admitted { operation, warning }) => ((operation.answer)(&call), warning),
            Err(admission::Refused { refusal, warning }) => (Err(refusal), warning),
        };
        let asks_for_uuid = route.module.service.has_common_codes && !received.id.is_uuid();
        let warning = both(both(warning, asks_for_uuid.then_some(NO_UUID)), near_miss::passed_over(&call));
        let response = match answer {
            Ok(answer) => {
                let warning = both(warning, answer.warning.clone());
                entry.warning.clone_from(&warning);
                entry.literal.clone_from(&answer.literal);
                entry.answer = Some((call.edition_of_answer(), format == Format::Xml));
                entry.shows = answer.shows;
                match self.drifted(answer, drift, format, &call) {
                    Ok(answer) => head.success(answer, format, call.target.endpoint, warning),
                    Err(busy) => {
                        entry.message = Some(busy.0.into());
                        response::refused_modifier(&Refused::busy(busy.0), received)
                    }
                }
            }
            Err(refusal) => {
                let by_code =
                    || route.module.hooks.check_of.zip(refusal.code()).and_then(|(check_of, code)| check_of(code));
                failed = refusal.check().or_else(by_code);
                let refusal = with_hint(refusal, &call);
                entry.warning.clone_from(&warning);
                entry.hint = refusal.hint_text().map(Box::from);
                entry.message = Some(redacted(&refusal.summary()).into());
                entry.code = refusal.code().map(|code| code.code);
                entry.findings = findings(&refusal);
                head.refusal(&refusal, warning.as_deref(), |value| self.drift(value))
            }
        };
        entry.checks = Some(Checks {
            failed,
            access_unchecked: access_unchecked(&call, failed),
            reads_body: call.target.endpoint.is_some_and(|endpoint| endpoint.body.content_type().is_some()),
        });
        response
    }

    /// An answer in JSON, changed, and written in its format.
    fn drifted(
        &self,
        mut answer: Answer,
        drift: Option<Drift>,
        format: Format,
        call: &Call<'_>,
    ) -> Result<Answer, Busy> {
        let (Some(drift), Some(endpoint)) = (drift, call.target.endpoint) else {
            return Ok(answer);
        };
        let service = call.target.module.service;
        let change = || {
            let contract = self.call.state.services.answer_contract(service, endpoint, call.edition_of_answer());
            let changed = drift.changed(&answer.body, contract, &mut ChaCha8Rng::seed_from_u64(self.drift_seed()))?;
            Some(xml::write(changed, format, endpoint.xml_root, service.xml_namespace()))
        };
        if let Some(body) = out_of_the_way(|| self.call.state.load.change(change))? {
            answer.body = body.into();
        }
        Ok(answer)
    }

    /// Changes an error. It has no optional fields.
    fn drift(&self, value: &mut Value) {
        if let Some(drift) = &self.plan.modifiers().drift {
            drift.value.apply(value, &mut ChaCha8Rng::seed_from_u64(self.drift_seed()));
        }
    }

    fn drift_seed(&self) -> u64 {
        let by_call = self.plan.modifiers().seed.as_ref().map(|seed| seed.value);
        by_call.or(self.plan.modifiers().drift_seed).unwrap_or(self.call.state.drift_seed)
    }

    fn draw(&self, delay: Delay) -> Duration {
        match &self.plan.modifiers().seed {
            Some(seed) => delay.draw(&mut ChaCha8Rng::seed_from_u64(seed.value)),
            None => delay.draw(&mut *self.call.state.rng.lock()),
        }
    }
}

/// Whether nobody has looked at the caller's token and rights before the call was answered, or before it failed a check.
fn access_unchecked(call: &Call<'_>, failed: Option<Check>) -> bool {
    let looked_at = call.access.looks_at(call.caller);
    match call.target.module.service.token_demand() {
        Some(_) => !looked_at,
        // A service that checks its callers by itself may do so late, so only what is certain is told.
        None if call.target.module.hooks.check_of.is_some() => {
            let knows_caller = looked_at || matches!(call.caller, Caller::Asks(_));
            !(knows_caller && failed.is_none_or(Check::is_access))
        }
        None => true,
    }
}

/// The findings of a refusal, as the journal keeps them.
fn findings(refusal: &Refusal) -> Vec<FoundFault> {
    let kept = |finding: &Finding| FoundFault {
        code: redacted(&finding.kode).into(),
        message: redacted(&finding.melding).into(),
        pointer: redacted(&finding.peker).into(),
    };
    refusal.all_findings().iter().take(MOST_FINDINGS).map(kept).collect()
}

/// The most findings of a call that the journal keeps.
const MOST_FINDINGS: usize = 200;

/// Adds the hint to a refusal, redacted.
fn with_hint(refusal: Refusal, call: &Call<'_>) -> Refusal {
    let own = refusal.hint_text().map(str::to_owned);
    let hint = own.or_else(|| near_miss::hint(call, refusal.check()?));
    match hint {
        Some(hint) => refusal.hint(redacted(&hint)),
        None => refusal,
    }
}

/// The warning for a call whose own id is no UUID.
const NO_UUID: &str = "the Korrelasjonsid is no UUID: send a new UUID with each call";

/// Runs slow work so that other calls go on meanwhile, if the runtime has several threads.
fn out_of_the_way<T>(work: impl FnOnce() -> T) -> T {
    match tokio::runtime::Handle::current().runtime_flavor() {
        tokio::runtime::RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Whether the answer to this method has no body.
pub(super) fn is_head(method: &Method) -> bool {
    *method == Method::HEAD
}
