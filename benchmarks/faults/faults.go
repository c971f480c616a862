// Package faults breaks a whole region, collector, Apache Kafka, workers and database as processes of their own, and looks whether every line that
// was sent is one row of the database, in order, scored as an undisturbed run over the same log would have scored it, or is declared lost. Each fault
// has a negative control: the same fault with a protection switched off, which must be seen to lose or double something. What is sent against the models (F14) needs
// none of the processes: a site is a pure function of its log. The package has only
// tests; `make faults` runs them. It measures no speed but what a fault needs: the time to take over, and how fast a backlog drains.
package faults
