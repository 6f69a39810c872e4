//! Somebody makes changes to one subject while others keep asking about it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::history::{Change, Moments, Seen, unexplained};

/// What is done to a subject, and who asks meanwhile.
pub struct Story<'a> {
    pub name: &'static str,
    /// What they are told before the first change.
    pub first: String,
    pub steps: Vec<Step<'a>>,
    pub doors: Vec<Door<'a>>,
}

/// A change, which panics unless it is acknowledged, and what everybody is told after it.
pub struct Step<'a> {
    pub make: Box<dyn Fn() + Send + Sync + 'a>,
    pub after: String,
}

/// A way to ask, by a client of its own.
pub struct Door<'a> {
    pub name: &'static str,
    pub ask: Box<dyn Fn() -> String + Send + Sync + 'a>,
}

impl Door<'_> {
    fn ask(&self, moments: &Moments) -> Seen {
        let invoked = moments.next();
        let said = (self.ask)();
        Seen { invoked, answered: moments.next(), door: self.name, said }
    }
}

/// Lets all stories happen at once, and then holds each to the promise.
pub fn happen(stories: &[Story<'_>]) {
    let moments = &Moments::default();
    thread::scope(|scope| {
        let running: Vec<_> = stories.iter().map(|story| scope.spawn(move || tell(story, moments))).collect();
        for (story, told) in stories.iter().zip(running) {
            let (changes, mut seen) = told.join().expect("the thread that failed has said why");
            let asked = seen.len();
            assert!(asked > changes.len() * story.doors.len(), "{}: too few asked", story.name);
            if let Some(broken) = unexplained(&story.first, &changes, &mut seen) {
                panic!("{}: no order explains {broken:?} by {} among {changes:#?}", story.name, broken.door);
            }
        }
    });
}

/// The one who makes the changes asks at every door after each of them; beside that, every door is asked all the time.
fn tell(story: &Story<'_>, moments: &Moments) -> (Vec<Change>, Vec<Seen>) {
    let over = &Over::default();
    thread::scope(|scope| {
        let keep_asking = |door| {
            move || {
                let mut seen = Vec::new();
                while !over.0.load(Ordering::SeqCst) {
                    seen.push(Door::ask(door, moments));
                }
                seen
            }
        };
        let asking: Vec<_> = story.doors.iter().map(|door| scope.spawn(keep_asking(door))).collect();
        let (changes, mut seen) = over.when_done(|| make_changes(story, moments));
        seen.extend(asking.into_iter().flat_map(|asked| asked.join().expect("the thread that failed has said why")));
        (changes, seen)
    })
}

fn make_changes(story: &Story<'_>, moments: &Moments) -> (Vec<Change>, Vec<Seen>) {
    let ask_everywhere = || story.doors.iter().map(|door| door.ask(moments));
    let mut seen: Vec<Seen> = (0..3).flat_map(|_| ask_everywhere()).collect();
    let mut changes = Vec::new();
    for step in &story.steps {
        let invoked = moments.next();
        (step.make)();
        changes.push(Change { invoked, acknowledged: moments.next(), after: step.after.clone() });
        seen.extend(ask_everywhere());
    }
    (changes, seen)
}

/// Tells the others to stop, also when the work ends in a panic.
#[derive(Default)]
struct Over(AtomicBool);

impl Over {
    fn when_done<T>(&self, work: impl FnOnce() -> T) -> T {
        struct Stop<'a>(&'a AtomicBool);
        impl Drop for Stop<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let _stop = Stop(&self.0);
        work()
    }
}
