package syslog

import (
	"encoding/binary"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"

	"frontfoot/ingest/line"
)

// datagrams is the memory for one call of recvmmsg.
type datagrams struct {
	headers []mmsghdr
	iovecs  []unix.Iovec
	names   []unix.RawSockaddrInet6
	control [][controlSize]byte
	data    []byte
}

// mmsghdr is the kernel's struct mmsghdr.
type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
	_   [4]byte
}

// controlSize holds one control message with a uint32.
const controlSize = 32

func newDatagrams(n int) *datagrams {
	d := &datagrams{
		headers: make([]mmsghdr, n),
		iovecs:  make([]unix.Iovec, n),
		names:   make([]unix.RawSockaddrInet6, n),
		control: make([][controlSize]byte, n),
		data:    make([]byte, n*maxDatagram),
	}
	for i := range d.headers {
		d.iovecs[i].Base = &d.data[i*maxDatagram]
		d.iovecs[i].SetLen(maxDatagram)
		h := &d.headers[i].hdr
		h.Iov = &d.iovecs[i]
		h.SetIovlen(1)
		h.Name = (*byte)(unsafe.Pointer(&d.names[i]))
		h.Control = &d.control[i][0]
	}
	return d
}

// receive takes as many datagrams as there are, without waiting.
func (d *datagrams) receive(fd uintptr) (int, error) {
	for i := range d.headers {
		h := &d.headers[i].hdr
		h.Namelen = unix.SizeofSockaddrInet6
		h.SetControllen(controlSize)
	}
	for {
		n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&d.headers[0])), uintptr(len(d.headers)), unix.MSG_DONTWAIT, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}

func (d *datagrams) payload(i int) []byte {
	return d.data[i*maxDatagram:][:d.headers[i].len]
}

func (d *datagrams) peer(i int) netip.Addr {
	name := &d.names[i]
	switch name.Family {
	case unix.AF_INET:
		return netip.AddrFrom4((*unix.RawSockaddrInet4)(unsafe.Pointer(name)).Addr)
	case unix.AF_INET6:
		return netip.AddrFrom16(name.Addr).Unmap()
	default:
		return netip.Addr{}
	}
}

// dropped returns how many datagrams the kernel has dropped on this socket until the last of n received ones, modulo 2^32.
// The kernel says it only from the first drop on.
func (d *datagrams) dropped(n int) (uint32, bool) {
	if n == 0 {
		return 0, false
	}
	c := d.control[n-1][:min(controlSize, int(d.headers[n-1].hdr.Controllen))]
	head := unix.CmsgLen(0)
	if len(c) < head+4 {
		return 0, false
	}
	h := (*unix.Cmsghdr)(unsafe.Pointer(&c[0]))
	if h.Level != unix.SOL_SOCKET || h.Type != unix.SO_RXQ_OVFL {
		return 0, false
	}
	return binary.NativeEndian.Uint32(c[head:]), true
}

// soMemInfo asks for the socket's counters, of which the ninth is that of drops (SK_MEMINFO_DROPS, since Linux 4.12).
const (
	soMemInfo    = 55
	memInfoDrops = 8
)

// drops returns how many datagrams the kernel has dropped on a socket, modulo 2^32, and false where it does not say.
func drops(fd uintptr) (uint32, bool) {
	var info [16]uint32
	size := uint32(unsafe.Sizeof(info))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, fd, unix.SOL_SOCKET, soMemInfo,
		uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	return info[memInfoDrops], errno == 0 && size > 4*memInfoDrops
}

// datagram makes a line of a datagram.
func (l *Listener) datagram(data []byte, peer netip.Addr) line.Line {
	out := line.Line{Raw: data, Peer: peer}
	if len(data) > l.cfg.MaxLine {
		out.Raw, out.Flags = data[:l.cfg.MaxLine], line.Truncated
	}
	return out
}
