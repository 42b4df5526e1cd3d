"""What was asked and answered, and what is wrong with it. All times are of one monotonic clock."""

import threading


class History:
    def __init__(self):
        self.lock = threading.Lock()
        self.faults = []
        self.counts = {}
        # Marks of rules: when the answer of adding, the sending of deleting, and the answer of deleting were.
        self.added, self.deleting, self.deleted, self.sent_rules = {}, {}, {}, set()
        # The clock: value, when sent, when answered (nothing if not known).
        self.clocks = []
        # Orders: id to number; files: uuid to content and when answered; cases: own reference to when answered.
        self.orders, self.files, self.cases, self.sent_cases = {}, {}, {}, set()
        # Counted rules: how often they may be met, how often a call was answered by them, and may have been.
        self.times, self.met, self.maybe, self.sent_calls = {}, {}, {}, {}

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def fault(self, text):
        with self.lock:
            self.faults.append(text)

    def check_rules(self, began, ended, marks, where):
        """A reading of all rules."""
        with self.lock:
            for mark, answered in self.added.items():
                gone = mark in self.deleting and self.deleting[mark] <= ended
                if answered < began and mark not in marks and not gone:
                    self.faults.append(f"{where}: rule {mark} was answered {began - answered:.3f} s before and is not there")
            for mark in marks:
                answered = self.deleted.get(mark)
                if answered is not None and answered < began:
                    self.faults.append(f"{where}: rule {mark} was deleted {began - answered:.3f} s before and is there")
                if mark not in self.sent_rules:
                    self.faults.append(f"{where}: nobody sent rule {mark}")
            if len(marks) != len(set(marks)):
                self.faults.append(f"{where}: a rule is there twice")

    def check_clock(self, began, ended, value, where):
        """A reading of the clock."""
        with self.lock:
            for wrote, sent, answered in self.clocks:
                if wrote != value or sent > ended:
                    continue
                if answered is None:
                    return
                later = (w for w in self.clocks if w[2] is not None and w[1] > answered and w[2] < began)
                over = next(later, None)
                if over is None:
                    return
                self.faults.append(f"{where}: the clock shows {value}, and {over[0]} was answered {began - over[2]:.3f} s before")
                return
            self.faults.append(f"{where}: nobody set the clock to {value}")
