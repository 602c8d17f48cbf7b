/**
 * What holds a jail together, by name. Tests switch them off one by one to show that each is needed; a sandbox
 * made for use has them all.
 */
export type Protection =
  | 'environment'
  | 'host_files'
  | 'read_only'
  | 'hidden_socket'
  | 'network'
  | 'capabilities'
  | 'seccomp'
  | 'disk'
  | 'inodes'
  | 'watchdog'
  | 'address_space'
  | 'file_size'
  | 'open_files'
  | 'processes'
  | 'cpu'
  | 'other_user'
  | 'single_kernel'
  | 'leftovers'
  | 'nonce'
  | 'poisoning'
  | 'output'
  | 'images'
