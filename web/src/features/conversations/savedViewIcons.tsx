/* The icons a saved view can have: the server's names (core/views/models.py), drawn by Lucide. */
import {
  Bell,
  Bookmark,
  Bug,
  Calendar,
  Clock,
  CreditCard,
  Crown,
  Flag,
  Folder,
  Globe,
  Heart,
  type LucideIcon,
  Package,
  Phone,
  Shield,
  Star,
  Tag,
  Truck,
  Users,
  Wrench,
  Zap,
} from "lucide-react";

export const SAVED_ICONS: Record<string, LucideIcon> = {
  star: Star,
  flag: Flag,
  heart: Heart,
  bell: Bell,
  bookmark: Bookmark,
  calendar: Calendar,
  truck: Truck,
  package: Package,
  "credit-card": CreditCard,
  bug: Bug,
  wrench: Wrench,
  crown: Crown,
  globe: Globe,
  phone: Phone,
  users: Users,
  zap: Zap,
  shield: Shield,
  tag: Tag,
  clock: Clock,
  folder: Folder,
};

export default function SavedViewIcon({ name }: { name: string }) {
  const Icon = SAVED_ICONS[name] ?? Star;
  return <Icon />;
}
